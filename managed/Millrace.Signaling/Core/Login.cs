using System.Net;

namespace Millrace.Signaling.Core;

/// <summary>Somebody's claim to be somebody.</summary>
/// <param name="Username">The user, as the client says.</param>
/// <param name="Password">The password or token.</param>
/// <param name="RemoteAddress">Where the claim comes from.</param>
public sealed record Login(string Username, string Password, IPAddress RemoteAddress)
{
    /// <summary>Without the password: it must not reach a log.</summary>
    public override string ToString() => $"{Username} from {RemoteAddress}";
}

/// <summary>Who somebody turned out to be. Two connections with one name belong to one person.</summary>
public sealed record Principal(string Name);

/// <summary>What came of a <see cref="Login"/>.</summary>
/// <param name="Principal">Who it is; null when the claim is wrong.</param>
/// <param name="Throttled">Whether the claim was not even looked at, because there were too many.</param>
public sealed record LoginResult(Principal? Principal, bool Throttled = false);

/// <summary>Judges a login.</summary>
public delegate Task<LoginResult> Authenticate(Login login);
