namespace Millrace.Controller.Wire;

/// <summary>What a client may say about its certificate.</summary>
internal static class DtlsValidation
{
    // RFC 8122 names these; a worker knows five. Longer lists than this are not a certificate's.
    private const int MaxFingerprints = 8;

    // In the order of the wire's numbers, with the bytes of each hash.
    private static readonly (string Name, int Bytes)[] Algorithms =
        [("sha-1", 20), ("sha-224", 28), ("sha-256", 32), ("sha-384", 48), ("sha-512", 64)];

    public static void Check(DtlsParameters parameters)
    {
        if (parameters.Fingerprints is not { Count: > 0 and <= MaxFingerprints })
        {
            throw new ArgumentException($"DTLS parameters need 1 to {MaxFingerprints} fingerprints.", nameof(parameters));
        }
        foreach (DtlsFingerprint fingerprint in parameters.Fingerprints)
        {
            int bytes = Algorithms[IndexOf(fingerprint.Algorithm)].Bytes;
            if (!IsFingerprint(fingerprint.Value, bytes))
            {
                throw new ArgumentException(
                    $"A {fingerprint.Algorithm} fingerprint has {bytes} bytes in hexadecimal, with colons between.",
                    nameof(parameters));
            }
        }
        if (parameters.Role is { } role && !Enum.IsDefined(role))
        {
            throw new ArgumentException("The DTLS role is not known.", nameof(parameters));
        }
    }

    public static int IndexOf(string algorithm)
    {
        int index = Array.FindIndex(
            Algorithms, known => known.Name.Equals(algorithm, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new ArgumentException("The fingerprint's algorithm is not known.", nameof(algorithm));
    }

    public static string NameOf(byte number) => number < Algorithms.Length
        ? Algorithms[number].Name
        : throw new WorkerProtocolException($"The worker sent {number} for a fingerprint's algorithm.");

    // RFC 8122 5: two hexadecimal digits a byte, bytes separated by colons.
    private static bool IsFingerprint(string? value, int bytes)
    {
        if (value is null || value.Length != (bytes * 3) - 1)
        {
            return false;
        }
        for (int i = 0; i < value.Length; i++)
        {
            if (i % 3 == 2 ? value[i] != ':' : !char.IsAsciiHexDigit(value[i]))
            {
                return false;
            }
        }
        return true;
    }
}
