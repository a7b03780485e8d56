using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Millrace.Server.Options;

namespace Millrace.Server.Metrics;

/// <summary>The bearer token that opens the metrics (RFC 6750 section 2.1). There is no default one: without a token there are no metrics.</summary>
internal sealed class MetricsToken
{
    private const int ShortestToken = 16;
    private const int LongestToken = 512;
    private const UnixFileMode OthersMay = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // Of equal length whatever the token's: comparing them tells nothing of it.
    private readonly byte[] _digest;

    private MetricsToken(string token) => _digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The token of the environment, or else of the file; null when there is neither.</summary>
    /// <exception cref="OptionsException">It is too short, or others may read the file.</exception>
    public static MetricsToken? Load(ServerOptions options)
    {
        (string source, string? token) = options.MetricsToken is { } given
            ? (ServerOptionsReader.MetricsTokenVariable, given)
            : ("--metrics-token-file", options.MetricsTokenFile is { } file ? Read(file) : null);
        if (token is null)
        {
            return null;
        }
        return token.Length is >= ShortestToken and <= LongestToken && token.All(static c => c is > ' ' and <= '~')
            ? new MetricsToken(token)
            : throw new OptionsException($"{source}: a token of {ShortestToken} to {LongestToken} printable characters without spaces is needed");
    }

    /// <summary>Whether an Authorization header holds the token.</summary>
    public bool Opens(string? authorization) =>
        AuthenticationHeaderValue.TryParse(authorization, out AuthenticationHeaderValue? header)
        && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
        && header.Parameter is { Length: <= LongestToken } parameter
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(parameter)), _digest);

    private static string Read(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & OthersMay) != 0)
            {
                throw new OptionsException($"--metrics-token-file: {file} is open to other users; its mode must be 0600");
            }
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionsException($"--metrics-token-file: {exception.Message}");
        }
    }
}
