using Millrace.Controller.Rtp;
using Millrace.Schema.Transport;
using Millrace.Schema.WebRtcTransport;

namespace Millrace.Controller.Wire;

/// <summary>Transports from the wire as our records.</summary>
internal static class TransportReader
{
    public static TransportTuple Tuple(Schema.Transport.Tuple wire) => new()
    {
        LocalAddress = Frame.Required(wire.LocalAddress),
        LocalPort = wire.LocalPort,
        RemoteIp = wire.RemoteIp,
        RemotePort = wire.RemoteIp is null ? null : wire.RemotePort,
        Protocol = ProtocolOf(wire.Protocol),
    };

    public static TransportTuple? OptionalTuple(Schema.Transport.Tuple? wire) => wire is { } tuple ? Tuple(tuple) : null;

    public static IceParameters Ice(Schema.WebRtcTransport.IceParameters wire) =>
        new(Frame.Required(wire.UsernameFragment), Frame.Required(wire.Password), wire.IceLite);

    public static SrtpParameters? Srtp(Schema.SrtpParameters.SrtpParameters? wire) => wire is { } srtp
        ? new SrtpParameters(Frame.Known<SrtpCryptoSuite>((byte)srtp.CryptoSuite), Frame.Required(srtp.KeyBase64))
        : null;

    public static WebRtcTransportDump WebRtcDump(Schema.WebRtcTransport.DumpResponse wire)
    {
        Dump common = Frame.Required(wire.Base);
        return Common(common, new WebRtcTransportDump
        {
            Id = Frame.Required(common.Id),
            IceRole = Frame.Known<IceRole>((byte)wire.IceRole),
            IceParameters = Ice(Frame.Required(wire.IceParameters)),
            IceCandidates = Frame.Vector(wire.IceCandidatesLength, i => Candidate(Frame.Required(wire.IceCandidates(i)))),
            IceState = Frame.Known<IceState>((byte)wire.IceState),
            IceSelectedTuple = OptionalTuple(wire.IceSelectedTuple),
            DtlsParameters = Dtls(Frame.Required(wire.DtlsParameters)),
            DtlsState = Frame.Known<DtlsState>((byte)wire.DtlsState),
        });
    }

    public static PlainTransportDump PlainDump(Schema.PlainTransport.DumpResponse wire)
    {
        Dump common = Frame.Required(wire.Base);
        return Common(common, new PlainTransportDump
        {
            Id = Frame.Required(common.Id),
            RtcpMux = wire.RtcpMux,
            Comedia = wire.Comedia,
            Tuple = Tuple(Frame.Required(wire.Tuple)),
            RtcpTuple = OptionalTuple(wire.RtcpTuple),
            SrtpParameters = Srtp(wire.SrtpParameters),
        });
    }

    public static PipeTransportDump PipeDump(Schema.PipeTransport.DumpResponse wire)
    {
        Dump common = Frame.Required(wire.Base);
        return Common(common, new PipeTransportDump
        {
            Id = Frame.Required(common.Id),
            Tuple = Tuple(Frame.Required(wire.Tuple)),
            Rtx = wire.Rtx,
            SrtpParameters = Srtp(wire.SrtpParameters),
        });
    }

    public static DirectTransportDump DirectDump(Schema.DirectTransport.DumpResponse wire)
    {
        Dump common = Frame.Required(wire.Base);
        return Common(common, new DirectTransportDump { Id = Frame.Required(common.Id) });
    }

    public static Dictionary<string, string> Texts(int length, Func<int, Schema.Common.StringString?> item) =>
        Frame.Map(length, item, entry => Frame.Required(entry.Key), entry => Frame.Required(entry.Value));

    private static T Common<T>(Dump wire, T dump)
        where T : TransportDump
    {
        RtpListener listener = Frame.Required(wire.RtpListener);
        return (T)(dump with
        {
            Direct = wire.Direct,
            ProducerIds = Frame.Texts(wire.ProducerIdsLength, wire.ProducerIds),
            ConsumerIds = Frame.Texts(wire.ConsumerIdsLength, wire.ConsumerIds),
            ConsumerBySsrc = Numbers(wire.MapSsrcConsumerIdLength, wire.MapSsrcConsumerId),
            ConsumerByRtxSsrc = Numbers(wire.MapRtxSsrcConsumerIdLength, wire.MapRtxSsrcConsumerId),
            ReceivedHeaderExtensions = Extensions(wire),
            ProducerBySsrc = Numbers(listener.SsrcTableLength, listener.SsrcTable),
            ProducerByMid = Texts(listener.MidTableLength, listener.MidTable),
            ProducerByRid = Texts(listener.RidTableLength, listener.RidTable),
            TraceEventTypes = Traces(wire),
            DataProducerIds = Frame.Texts(wire.DataProducerIdsLength, wire.DataProducerIds),
            DataConsumerIds = Frame.Texts(wire.DataConsumerIdsLength, wire.DataConsumerIds),
            MaxSendMessageSize = checked((int)wire.MaxSendMessageSize),
            MaxReceiveMessageSize = checked((int)wire.MaxReceiveMessageSize),
            SctpParameters = SctpReader.Parameters(wire.SctpParameters),
            SctpState = SctpReader.State(wire.SctpState),
            SctpCapabilities = wire.SctpNegotiatedCapabilities is { } agreed ? SctpReader.Capabilities(agreed) : null,
            DataProducerByStreamId = wire.SctpListener is { } streams ? SctpReader.Streams(streams) : new Dictionary<int, string>(),
        });
    }

    private static Dictionary<uint, string> Numbers(int length, Func<int, Schema.Common.Uint32String?> item) =>
        Frame.Map(length, item, entry => entry.Key, entry => Frame.Required(entry.Value));

    private static TraceEventType[] Traces(Dump common) =>
        Frame.Vector(common.TraceEventTypesLength, i => TraceReader.TransportType(common.TraceEventTypes(i)));

    private static Dictionary<string, int> Extensions(Dump common)
    {
        RecvRtpHeaderExtensions ids = Frame.Required(common.RecvRtpHeaderExtensions);
        Dictionary<string, int> byName = [];
        foreach ((string name, byte? id) in new[]
        {
            (RtpHeaderExtensionUri.Mid, ids.Mid),
            (RtpHeaderExtensionUri.RtpStreamId, ids.Rid),
            (RtpHeaderExtensionUri.RepairedRtpStreamId, ids.Rrid),
            (RtpHeaderExtensionUri.AbsSendTime, ids.AbsSendTime),
            (RtpHeaderExtensionUri.TransportWideCc, ids.TransportWideCc01),
        })
        {
            if (id is { } known)
            {
                byName[name] = known;
            }
        }
        return byName;
    }

    private static IceCandidate Candidate(Schema.WebRtcTransport.IceCandidate wire) => new()
    {
        Foundation = Frame.Required(wire.Foundation),
        Priority = wire.Priority,
        Address = Frame.Required(wire.Address),
        Protocol = ProtocolOf(wire.Protocol),
        Port = wire.Port,
        TcpType = wire.TcpType is null ? null : "passive",
    };

    private static DtlsParameters Dtls(Schema.WebRtcTransport.DtlsParameters wire) => new()
    {
        Role = Frame.Known<DtlsRole>((byte)wire.Role),
        Fingerprints = Frame.Vector(wire.FingerprintsLength, i =>
        {
            Fingerprint fingerprint = Frame.Required(wire.Fingerprints(i));
            return new DtlsFingerprint(
                DtlsValidation.NameOf((byte)fingerprint.Algorithm), Frame.Required(fingerprint.Value));
        }),
    };

    private static TransportProtocol ProtocolOf(Protocol wire) => wire switch
    {
        Protocol.UDP => TransportProtocol.Udp,
        Protocol.TCP => TransportProtocol.Tcp,
        _ => throw new WorkerProtocolException($"The worker sent {(byte)wire} for a protocol."),
    };
}
