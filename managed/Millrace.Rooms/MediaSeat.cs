using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>A worker that runs now, and the sockets that all its WebRTC transports share.</summary>
internal sealed record MediaSeat(Worker Worker, WebRtcServer Server);
