using System.Globalization;

namespace Millrace.Interop;

/// <summary>
/// How a worker ended: with an exit code, by a signal, or (both null) in a way the system did not tell.
/// </summary>
/// <param name="Code">The exit code of a worker that ended by itself.</param>
/// <param name="Signal">The number of the signal that ended it.</param>
public readonly record struct WorkerExit(int? Code, int? Signal)
{
    /// <summary>The worker ended because it was asked to.</summary>
    public bool IsNormal => Code == 0;

    /// <summary>The end in words, for logs.</summary>
    public override string ToString() => this switch
    {
        { Code: int code } => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
        { Signal: int signal } => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
        _ => "unknown end",
    };
}
