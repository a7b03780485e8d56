namespace Millrace.Controller;

/// <summary>The certificate and role of one side (RFC 5763).</summary>
public sealed record DtlsParameters
{
    /// <summary>The side's own role.</summary>
    public DtlsRole? Role { get; init; }

    /// <summary>Hashes of its certificate; at least one.</summary>
    public required IReadOnlyList<DtlsFingerprint> Fingerprints { get; init; }
}
