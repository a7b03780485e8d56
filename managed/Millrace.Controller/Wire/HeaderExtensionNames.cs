using Millrace.Controller.Rtp;

namespace Millrace.Controller.Wire;

/// <summary>Names of header extensions and their numbers on the wire.</summary>
internal static class HeaderExtensionNames
{
    private static readonly (Schema.RtpParameters.RtpHeaderExtensionUri Number, string Name)[] Names =
    [
        (Schema.RtpParameters.RtpHeaderExtensionUri.Mid, RtpHeaderExtensionUri.Mid),
        (Schema.RtpParameters.RtpHeaderExtensionUri.RtpStreamId, RtpHeaderExtensionUri.RtpStreamId),
        (Schema.RtpParameters.RtpHeaderExtensionUri.RepairRtpStreamId, RtpHeaderExtensionUri.RepairedRtpStreamId),
        (Schema.RtpParameters.RtpHeaderExtensionUri.AbsSendTime, RtpHeaderExtensionUri.AbsSendTime),
        (Schema.RtpParameters.RtpHeaderExtensionUri.TransportWideCcDraft01, RtpHeaderExtensionUri.TransportWideCc),
        (Schema.RtpParameters.RtpHeaderExtensionUri.SsrcAudioLevel, RtpHeaderExtensionUri.SsrcAudioLevel),
        (Schema.RtpParameters.RtpHeaderExtensionUri.DependencyDescriptor, RtpHeaderExtensionUri.DependencyDescriptor),
        (Schema.RtpParameters.RtpHeaderExtensionUri.VideoOrientation, RtpHeaderExtensionUri.VideoOrientation),
        (Schema.RtpParameters.RtpHeaderExtensionUri.TimeOffset, RtpHeaderExtensionUri.TimeOffset),
        (Schema.RtpParameters.RtpHeaderExtensionUri.AbsCaptureTime, RtpHeaderExtensionUri.AbsCaptureTime),
        (Schema.RtpParameters.RtpHeaderExtensionUri.PlayoutDelay, RtpHeaderExtensionUri.PlayoutDelay),
        (Schema.RtpParameters.RtpHeaderExtensionUri.MediasoupPacketId, RtpHeaderExtensionUri.PacketId),
    ];

    public static string ToName(Schema.RtpParameters.RtpHeaderExtensionUri number) =>
        Names.FirstOrDefault(name => name.Number == number).Name
        ?? throw new WorkerProtocolException($"The worker knows a header extension {number}.");

    /// <summary>Null for an extension the worker does not know: it cannot be told about it, nor need it be.</summary>
    public static Schema.RtpParameters.RtpHeaderExtensionUri? ToNumber(string name)
    {
        foreach ((Schema.RtpParameters.RtpHeaderExtensionUri number, string known) in Names)
        {
            if (known == name)
            {
                return number;
            }
        }
        return null;
    }
}
