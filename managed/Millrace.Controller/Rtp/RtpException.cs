namespace Millrace.Controller.Rtp;

/// <summary>
/// RTP capabilities or parameters that make no sense or that the router does not support. The message is one
/// sentence that can be shown to whoever sent them.
/// </summary>
public sealed class RtpException(string message) : ArgumentException(message);
