namespace Millrace.Signaling.Taoyao.Messages;

/// <summary>A body without members, or one whose members do not matter.</summary>
internal sealed record Empty;

/// <summary>Answer to <c>client::register</c>: the number that the client's message ids carry.</summary>
internal sealed record ClientIndex(int Index);

/// <summary>Body of <c>client::list</c>: a type of client, or all.</summary>
internal sealed record ListClients(string? ClientType = null);

/// <summary>Body of <c>client::status</c>: a client, or oneself.</summary>
internal sealed record GetClientStatus(string? ClientId = null);

/// <summary>Body of <c>client::offline</c>.</summary>
internal sealed record ClientRef(string ClientId);

/// <summary>Body of <c>client::config</c>.</summary>
internal sealed record ClientConfig(string Datetime, MediaConfig? Media = null, WebRtcConfig? Webrtc = null);
