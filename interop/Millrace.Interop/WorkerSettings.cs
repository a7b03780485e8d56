namespace Millrace.Interop;

/// <summary>What every worker is told at its start, whichever way it runs.</summary>
public sealed record WorkerSettings
{
    /// <summary>The least severe message the worker logs over its channel.</summary>
    public WorkerLogLevel LogLevel { get; init; } = WorkerLogLevel.Error;

    /// <summary>What debug and warning messages may be about.</summary>
    public WorkerLogTags LogTags { get; init; }

    /// <summary>The first port given to transports that ask for none.</summary>
    public ushort RtcMinPort { get; init; } = 10000;

    /// <summary>The last port given to transports that ask for none.</summary>
    public ushort RtcMaxPort { get; init; } = 59999;

    /// <summary>A PEM file with the DTLS certificate; without one the worker makes its own.</summary>
    public string? DtlsCertificateFile { get; init; }

    /// <summary>A PEM file with the key of <see cref="DtlsCertificateFile"/>.</summary>
    public string? DtlsPrivateKeyFile { get; init; }

    /// <summary>The settings as the worker program's arguments.</summary>
    public IReadOnlyList<string> ToArguments()
    {
        List<string> arguments =
        [
            $"--logLevel={LogLevel.ToString().ToLowerInvariant()}",
            .. Enum.GetValues<WorkerLogTags>()
                .Where(tag => tag != WorkerLogTags.None && LogTags.HasFlag(tag))
                .Select(tag => $"--logTags={tag.ToString().ToLowerInvariant()}"),
            FormattableString.Invariant($"--rtcMinPort={RtcMinPort}"),
            FormattableString.Invariant($"--rtcMaxPort={RtcMaxPort}"),
        ];
        if (DtlsCertificateFile is not null)
        {
            arguments.Add($"--dtlsCertificateFile={DtlsCertificateFile}");
        }

        if (DtlsPrivateKeyFile is not null)
        {
            arguments.Add($"--dtlsPrivateKeyFile={DtlsPrivateKeyFile}");
        }

        return arguments;
    }
}
