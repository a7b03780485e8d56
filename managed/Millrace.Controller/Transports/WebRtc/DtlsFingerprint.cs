namespace Millrace.Controller;

/// <summary>The hash of a certificate (RFC 8122).</summary>
/// <param name="Algorithm"><c>sha-1</c>, <c>sha-224</c>, <c>sha-256</c>, <c>sha-384</c> or <c>sha-512</c>.</param>
/// <param name="Value">Upper-case hexadecimal bytes with colons.</param>
public sealed record DtlsFingerprint(string Algorithm, string Value);
