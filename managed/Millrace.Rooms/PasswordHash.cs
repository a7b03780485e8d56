using System.Globalization;
using System.Security.Cryptography;

namespace Millrace.Rooms;

/// <summary>
/// A password as it may be kept: PBKDF2-HMAC-SHA-256 (RFC 8018) with a salt of its own. The text form names algorithm and
/// cost, so that records made before a change of cost still verify.
/// </summary>
public sealed class PasswordHash
{
    private const string Algorithm = "pbkdf2-sha256";
    private const int DefaultIterations = 600_000;
    // A record that asks for more work than this is not one of ours.
    private const int MostIterations = 10_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash)
    {
        _iterations = iterations;
        _salt = salt;
        _hash = hash;
    }

    /// <summary>Hashes a password. Takes about a tenth of a second of one core, on purpose.</summary>
    /// <param name="password">The password.</param>
    /// <param name="iterations">The cost; the default is the one to use outside of tests.</param>
    public static PasswordHash Create(string password, int iterations = DefaultIterations)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(iterations, salt, Derive(password, salt, iterations));
    }

    /// <summary>Reads the text form.</summary>
    /// <returns>Null when the text is no hash of ours.</returns>
    public static PasswordHash? Parse(string text)
    {
        string[] parts = text.Split('$');
        if (parts.Length != 4 || parts[0] != Algorithm
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            || iterations is < 1 or > MostIterations)
        {
            return null;
        }
        byte[] salt = new byte[SaltBytes];
        byte[] hash = new byte[HashBytes];
        return Convert.TryFromBase64String(parts[2], salt, out int saltBytes) && saltBytes == SaltBytes
            && Convert.TryFromBase64String(parts[3], hash, out int hashBytes) && hashBytes == HashBytes
            ? new PasswordHash(iterations, salt, hash)
            : null;
    }

    /// <summary>Whether this is the hash of <paramref name="password"/>; takes as long as <see cref="Create"/>.</summary>
    public bool Verify(string password) =>
        CryptographicOperations.FixedTimeEquals(Derive(password, _salt, _iterations), _hash);

    /// <summary>The form to keep: algorithm, iterations, salt and hash, joined by dollar signs.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Algorithm}${_iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
