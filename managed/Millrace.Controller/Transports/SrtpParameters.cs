namespace Millrace.Controller;

/// <summary>The SRTP key of one direction.</summary>
/// <param name="CryptoSuite">The protection profile.</param>
/// <param name="KeyBase64">Master key and salt, in Base64.</param>
public sealed record SrtpParameters(SrtpCryptoSuite CryptoSuite, string KeyBase64)
{
    /// <summary>The suite only: a key has no place in a log.</summary>
    public override string ToString() => $"SrtpParameters {{ CryptoSuite = {CryptoSuite} }}";
}
