using FlatBuffers;
using Millrace.Schema.Transport;
using Millrace.Schema.WebRtcTransport;

namespace Millrace.Controller.Wire;

/// <summary>Options of transports onto the wire.</summary>
internal static class TransportWriter
{
    public static Offset<Schema.Transport.ListenInfo>[] ListenInfos(
        FlatBufferBuilder builder, IReadOnlyList<ListenInfo> infos) =>
        [.. infos.Select(info => Listen(builder, info))];

    public static Offset<Schema.WebRtcTransport.WebRtcTransportOptions> WebRtcOptions(
        FlatBufferBuilder builder, WebRtcTransportOptions options)
    {
        Offset<Options> common = Common(
            builder,
            options.EnableSctp,
            options.Sctp,
            isDataChannel: true,
            checked((ulong)options.InitialAvailableOutgoingBitrate));
        (Listen type, int listen) = options.WebRtcServer is { } server
            ? (Schema.WebRtcTransport.Listen.ListenServer,
                ListenServer.CreateListenServer(builder, builder.CreateString(server.Id)).Value)
            : (Schema.WebRtcTransport.Listen.ListenIndividual,
                ListenIndividual.CreateListenIndividual(
                    builder,
                    ListenIndividual.CreateListenInfosVector(builder, ListenInfos(builder, options.ListenInfos))).Value);
        return Schema.WebRtcTransport.WebRtcTransportOptions.CreateWebRtcTransportOptions(
            builder,
            common,
            type,
            listen,
            options.EnableUdp,
            options.EnableTcp ?? options.WebRtcServer is not null,
            options.PreferUdp,
            options.PreferTcp,
            checked((byte)options.IceConsentTimeout));
    }

    public static Offset<Schema.PlainTransport.PlainTransportOptions> PlainOptions(
        FlatBufferBuilder builder, PlainTransportOptions options)
    {
        Offset<Options> common = Common(builder, options.EnableSctp, options.Sctp, isDataChannel: false);
        Offset<Schema.Transport.ListenInfo> listen = Listen(builder, options.ListenInfo);
        Offset<Schema.Transport.ListenInfo> rtcpListen =
            options.RtcpListenInfo is null ? default : Listen(builder, options.RtcpListenInfo);
        return Schema.PlainTransport.PlainTransportOptions.CreatePlainTransportOptions(
            builder,
            common,
            listen,
            rtcpListen,
            options.RtcpMux,
            options.Comedia,
            options.EnableSrtp,
            options.EnableSrtp ? (Schema.SrtpParameters.SrtpCryptoSuite)(byte)options.SrtpCryptoSuite : null);
    }

    public static Offset<Schema.PipeTransport.PipeTransportOptions> PipeOptions(
        FlatBufferBuilder builder, PipeTransportOptions options) =>
        Schema.PipeTransport.PipeTransportOptions.CreatePipeTransportOptions(
            builder,
            Common(builder, options.EnableSctp, options.Sctp, isDataChannel: false),
            Listen(builder, options.ListenInfo),
            options.EnableRtx,
            options.EnableSrtp);

    public static Offset<Schema.DirectTransport.DirectTransportOptions> DirectOptions(
        FlatBufferBuilder builder, DirectTransportOptions options) =>
        Schema.DirectTransport.DirectTransportOptions.CreateDirectTransportOptions(
            builder,
            Options.CreateOptions(
                builder,
                direct: true,
                max_send_message_size: checked((uint)options.MaxMessageSize),
                max_receive_message_size: checked((uint)options.MaxMessageSize)));

    public static Offset<Schema.WebRtcTransport.DtlsParameters> Dtls(FlatBufferBuilder builder, DtlsParameters parameters)
    {
        VectorOffset fingerprints = Schema.WebRtcTransport.DtlsParameters.CreateFingerprintsVector(
            builder,
            [
                .. parameters.Fingerprints.Select(fingerprint => Fingerprint.CreateFingerprint(
                    builder,
                    (FingerprintAlgorithm)(byte)DtlsValidation.IndexOf(fingerprint.Algorithm),
                    builder.CreateString(fingerprint.Value))),
            ]);
        return Schema.WebRtcTransport.DtlsParameters.CreateDtlsParameters(
            builder, fingerprints, (Schema.WebRtcTransport.DtlsRole)(byte)(parameters.Role ?? DtlsRole.Auto));
    }

    public static Offset<Schema.SrtpParameters.SrtpParameters> Srtp(FlatBufferBuilder builder, SrtpParameters? parameters) =>
        parameters is null
            ? default
            : Schema.SrtpParameters.SrtpParameters.CreateSrtpParameters(
                builder,
                (Schema.SrtpParameters.SrtpCryptoSuite)(byte)parameters.CryptoSuite,
                builder.CreateString(parameters.KeyBase64));

    private static Offset<Options> Common(
        FlatBufferBuilder builder, bool enableSctp, SctpOptions sctp, bool isDataChannel, ulong? initialBitrate = null) =>
        enableSctp
            ? Options.CreateOptions(
                builder,
                direct: false,
                initialBitrate,
                enable_sctp: true,
                checked((uint)sctp.MaxSendMessageSize),
                checked((uint)sctp.MaxReceiveMessageSize),
                checked((uint)sctp.SendBufferSize),
                checked((uint)sctp.PerStreamSendQueueLimit),
                checked((uint)sctp.MaxReceiverWindowBufferSize),
                checked((uint)sctp.BufferedAmountLowThreshold),
                isDataChannel)
            : Options.CreateOptions(builder, initial_available_outgoing_bitrate: initialBitrate);

    private static Offset<Schema.Transport.ListenInfo> Listen(FlatBufferBuilder builder, ListenInfo info)
    {
        StringOffset ip = builder.CreateString(info.Ip);
        StringOffset announced = RtpWriter.Text(builder, info.AnnouncedAddress);
        Offset<Schema.Transport.PortRange> ports = Schema.Transport.PortRange.CreatePortRange(
            builder, checked((ushort)(info.PortRange?.Min ?? 0)), checked((ushort)(info.PortRange?.Max ?? 0)));
        Offset<SocketFlags> flags = SocketFlags.CreateSocketFlags(builder, info.Ipv6Only, info.UdpReusePort);
        return Schema.Transport.ListenInfo.CreateListenInfo(
            builder,
            info.Protocol == TransportProtocol.Tcp ? Protocol.TCP : Protocol.UDP,
            ip,
            announced,
            info.ExposeInternalIp,
            checked((ushort)info.Port),
            ports,
            flags,
            checked((uint)info.SendBufferSize),
            checked((uint)info.ReceiveBufferSize));
    }
}
