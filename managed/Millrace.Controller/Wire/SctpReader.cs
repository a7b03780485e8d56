using Millrace.Schema.SctpAssociation;
using Millrace.Schema.Transport;

namespace Millrace.Controller.Wire;

/// <summary>What the worker says about SCTP, as our records.</summary>
internal static class SctpReader
{
    public static SctpParameters? Parameters(Schema.SctpParameters.SctpParameters? wire) => wire is { } sctp
        ? new SctpParameters
        {
            Port = sctp.Port,
            MaxSendMessageSize = checked((int)sctp.MaxSendMessageSize),
            MaxReceiveMessageSize = checked((int)sctp.MaxReceiveMessageSize),
            SendBufferSize = checked((int)sctp.SendBufferSize),
            PerStreamSendQueueLimit = checked((int)sctp.PerStreamSendQueueLimit),
            MaxReceiverWindowBufferSize = checked((int)sctp.MaxReceiverWindowBufferSize),
            IsDataChannel = sctp.IsDataChannel,
        }
        : null;

    public static SctpStreamParameters? Stream(Schema.SctpParameters.SctpStreamParameters? wire) => wire is { } stream
        ? new SctpStreamParameters
        {
            StreamId = stream.StreamId,
            Ordered = stream.Ordered,
            MaxPacketLifeTime = stream.MaxPacketLifeTime,
            MaxRetransmits = stream.MaxRetransmits,
        }
        : null;

    public static SctpState? State(Schema.SctpAssociation.SctpState? wire) =>
        wire is { } state ? Frame.Known<SctpState>((byte)state) : null;

    public static SctpCapabilities Capabilities(SctpNegotiatedCapabilities wire) =>
        new(wire.NegotiatedMaxOutboundStreams, wire.NegotiatedMaxInboundStreams);

    public static Dictionary<int, string> Streams(SctpListener wire) => Frame.Map(
        wire.StreamIdTableLength, wire.StreamIdTable, entry => (int)entry.Key, entry => Frame.Required(entry.Value));

    public static int[] Subchannels(int length, Func<int, ushort> item) => Frame.Vector(length, i => (int)item(i));
}
