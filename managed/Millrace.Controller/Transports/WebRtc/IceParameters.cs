namespace Millrace.Controller;

/// <summary>The credentials of a WebRTC transport (RFC 8839).</summary>
/// <param name="UsernameFragment">Its user name fragment.</param>
/// <param name="Password">Its password.</param>
/// <param name="IceLite">Always true: workers are ICE-lite.</param>
public sealed record IceParameters(string UsernameFragment, string Password, bool IceLite = true);
