namespace Millrace.Controller.Rtp;

/// <summary>
/// The header extensions a worker can read or write. The ids are constants on both sides of the channel: a producer's
/// packets are rewritten to them.
/// </summary>
internal static class SupportedHeaderExtensions
{
    public static IReadOnlyList<RtpHeaderExtension> All { get; } =
    [
        Audio(RtpHeaderExtensionUri.Mid, 1),
        Video(RtpHeaderExtensionUri.Mid, 1),
        Video(RtpHeaderExtensionUri.RtpStreamId, 2, RtpDirection.Recvonly),
        Video(RtpHeaderExtensionUri.RepairedRtpStreamId, 3, RtpDirection.Recvonly),
        Audio(RtpHeaderExtensionUri.AbsSendTime, 4),
        Video(RtpHeaderExtensionUri.AbsSendTime, 4),

        // A worker answers audio's sequence numbers, but sends none itself: audio is not throttled.
        Audio(RtpHeaderExtensionUri.TransportWideCc, 5, RtpDirection.Recvonly),
        Video(RtpHeaderExtensionUri.TransportWideCc, 5),
        Audio(RtpHeaderExtensionUri.SsrcAudioLevel, 6),
        Video(RtpHeaderExtensionUri.DependencyDescriptor, 7),
        Video(RtpHeaderExtensionUri.VideoOrientation, 8),
        Video(RtpHeaderExtensionUri.TimeOffset, 9),
        Audio(RtpHeaderExtensionUri.AbsCaptureTime, 10),
        Video(RtpHeaderExtensionUri.AbsCaptureTime, 10),
        Audio(RtpHeaderExtensionUri.PlayoutDelay, 11),
        Video(RtpHeaderExtensionUri.PlayoutDelay, 11),
        Audio(RtpHeaderExtensionUri.PacketId, 12),
        Video(RtpHeaderExtensionUri.PacketId, 12),
    ];

    private static RtpHeaderExtension Audio(string uri, int id, RtpDirection direction = RtpDirection.Sendrecv) =>
        new() { Kind = MediaKind.Audio, Uri = uri, PreferredId = id, Direction = direction };

    private static RtpHeaderExtension Video(string uri, int id, RtpDirection direction = RtpDirection.Sendrecv) =>
        new() { Kind = MediaKind.Video, Uri = uri, PreferredId = id, Direction = direction };
}
