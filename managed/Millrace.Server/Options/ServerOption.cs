namespace Millrace.Server.Options;

/// <summary>
/// One thing that an operator can set: on the command line, in <c>millrace.json</c>, or in the environment. The table of
/// all of them is the only place that knows their names; <c>docs/OPTIONS.md</c> is printed from it.
/// </summary>
/// <param name="Name">The name, as on the command line without its dashes and as a key of <c>millrace.json</c>.</param>
/// <param name="Argument">What stands for the value in help texts; null for a switch.</param>
/// <param name="Default">The default, in words.</param>
/// <param name="Sentence">What it does.</param>
/// <param name="Apply">Puts a value into the options.</param>
internal sealed record ServerOption(
    string Name, string? Argument, string Default, string Sentence, Func<ServerOptions, string, ServerOptions> Apply)
{
    /// <summary>Whether it may be given more than once; a comma separates several values in the environment.</summary>
    public bool Repeatable { get; init; }

    /// <summary>The name of the environment variable: MILLRACE_MEDIA_IP for media-ip.</summary>
    public string Variable => "MILLRACE_" + Name.Replace('-', '_').ToUpperInvariant();
}
