using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Millrace.Server.Users;

/// <summary>
/// Short-lived credentials for visitors of the page on this machine: <c>g1.EXPIRY.ID.MAC</c>, where MAC is the HMAC-SHA256 of the
/// rest under a key that lives as long as the process.
/// </summary>
internal sealed class GuestTokens(TimeProvider time)
{
    private const string Prefix = "g1";
    private const int LongestToken = 256;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>A new guest's token.</summary>
    public string Issue()
    {
        long expiry = time.GetUtcNow().Add(Lifetime).ToUnixTimeSeconds();
        string claims = string.Create(CultureInfo.InvariantCulture, $"{Prefix}.{expiry}.{RandomNumberGenerator.GetHexString(32, lowercase: true)}");
        return $"{claims}.{Sign(claims)}";
    }

    /// <summary>The guest's id; null when the token is not ours or has run out.</summary>
    public string? Verify(string token)
    {
        string[] parts = token.Length <= LongestToken ? token.Split('.') : [];
        if (parts.Length != 4 || parts[0] != Prefix
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long expiry))
        {
            return null;
        }
        byte[] expected = Encoding.ASCII.GetBytes(Sign($"{parts[0]}.{parts[1]}.{parts[2]}"));
        bool genuine = CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(parts[3]));
        return genuine && time.GetUtcNow().ToUnixTimeSeconds() <= expiry ? parts[2] : null;
    }

    private string Sign(string claims) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(claims)));
}
