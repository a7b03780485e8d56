using FlatBuffers;
using Millrace.Schema.ActiveSpeakerObserver;
using Millrace.Schema.AudioLevelObserver;
using Millrace.Schema.DataConsumer;
using Millrace.Schema.DirectTransport;
using Millrace.Schema.Notification;
using Millrace.Schema.PlainTransport;
using Millrace.Schema.Producer;
using Millrace.Schema.Transport;
using Millrace.Schema.WebRtcTransport;

namespace Millrace.Controller.Wire;

/// <summary>Notifications of the worker as our records.</summary>
internal static class EventReader
{
    public static WorkerEvent Read(Notification notification) => notification.Event switch
    {
        Event.WORKER_RUNNING => new WorkerEvent.Running(),
        Event.WEBRTCTRANSPORT_ICE_STATE_CHANGE =>
            new WorkerEvent.IceStateChanged(Frame.Known<IceState>(
                (byte)Body<IceStateChangeNotification>(notification).IceState)),
        Event.WEBRTCTRANSPORT_ICE_SELECTED_TUPLE_CHANGE =>
            new WorkerEvent.IceSelectedTupleChanged(TransportReader.Tuple(
                Frame.Required(Body<IceSelectedTupleChangeNotification>(notification).Tuple))),
        Event.WEBRTCTRANSPORT_DTLS_STATE_CHANGE => DtlsStateChanged(Body<DtlsStateChangeNotification>(notification)),
        Event.PLAINTRANSPORT_TUPLE =>
            new WorkerEvent.TupleLearned(TransportReader.Tuple(
                Frame.Required(Body<TupleNotification>(notification).Tuple))),
        Event.PLAINTRANSPORT_RTCP_TUPLE =>
            new WorkerEvent.RtcpTupleLearned(TransportReader.Tuple(
                Frame.Required(Body<RtcpTupleNotification>(notification).Tuple))),
        Event.PRODUCER_SCORE => ProducerScored(Body<ScoreNotification>(notification)),
        Event.PRODUCER_VIDEO_ORIENTATION_CHANGE =>
            VideoOrientationChanged(Body<VideoOrientationChangeNotification>(notification)),
        Event.CONSUMER_PRODUCER_PAUSE => new WorkerEvent.ConsumerProducerPaused(),
        Event.CONSUMER_PRODUCER_RESUME => new WorkerEvent.ConsumerProducerResumed(),
        Event.CONSUMER_PRODUCER_CLOSE => new WorkerEvent.ConsumerProducerClosed(),
        Event.CONSUMER_LAYERS_CHANGE =>
            new WorkerEvent.LayersChanged(RtpReader.Layers(
                Body<Schema.Consumer.LayersChangeNotification>(notification).Layers)),
        Event.CONSUMER_SCORE =>
            new WorkerEvent.ConsumerScored(RtpReader.Score(
                Frame.Required(Body<Schema.Consumer.ScoreNotification>(notification).Score))),
        Event.TRANSPORT_TRACE => new WorkerEvent.Traced(
            TraceReader.Transport(Body<Schema.Transport.TraceNotification>(notification))),
        Event.PRODUCER_TRACE => new WorkerEvent.Traced(TraceReader.Producer(Body<Schema.Producer.TraceNotification>(notification))),
        Event.CONSUMER_TRACE => new WorkerEvent.Traced(
            TraceReader.Consumer(Body<Schema.Consumer.TraceNotification>(notification))),
        Event.AUDIOLEVELOBSERVER_VOLUMES => VolumesMeasured(Body<VolumesNotification>(notification)),
        Event.AUDIOLEVELOBSERVER_SILENCE => new WorkerEvent.Silent(),
        Event.ACTIVESPEAKEROBSERVER_DOMINANT_SPEAKER => new WorkerEvent.DominantSpeakerChanged(
            Frame.Required(Body<DominantSpeakerNotification>(notification).ProducerId)),
        Event.TRANSPORT_SCTP_STATE_CHANGE => new WorkerEvent.SctpStateChanged(Frame.Known<SctpState>(
            (byte)Body<SctpStateChangeNotification>(notification).SctpState)),
        Event.TRANSPORT_SCTP_NEGOTIATED_CAPABILITIES => new WorkerEvent.SctpNegotiated(SctpReader.Capabilities(
            Frame.Required(Body<SctpNegotiatedCapabilitiesNotification>(notification).NegotiatedCapabilities))),
        Event.CONSUMER_RTP => new WorkerEvent.RtpReceived(
            Bytes(Body<Schema.Consumer.RtpNotification>(notification).GetDataArray())),
        Event.DIRECTTRANSPORT_RTCP => new WorkerEvent.RtcpReceived(
            Bytes(Body<RtcpNotification>(notification).GetDataArray())),
        Event.DATACONSUMER_MESSAGE => MessageReceived(Body<MessageNotification>(notification)),
        Event.DATACONSUMER_BUFFERED_AMOUNT_LOW => new WorkerEvent.BufferedAmountLow(
            Body<BufferedAmountLowNotification>(notification).BufferedAmount),
        Event.DATACONSUMER_SCTP_SENDBUFFER_FULL => new WorkerEvent.SendBufferFull(),
        Event.DATACONSUMER_DATAPRODUCER_PAUSE => new WorkerEvent.DataProducerPaused(),
        Event.DATACONSUMER_DATAPRODUCER_RESUME => new WorkerEvent.DataProducerResumed(),
        Event.DATACONSUMER_DATAPRODUCER_CLOSE => new WorkerEvent.DataProducerClosed(),
        _ => new WorkerEvent.Other(),
    };

    private static T Body<T>(Notification notification)
        where T : struct, IFlatbufferObject =>
        Frame.Required(notification.Body<T>());

    // The frame's buffer is used again for the next frame, so that this is a copy.
    private static byte[] Bytes(byte[]? data) =>
        data ?? throw new WorkerProtocolException("The worker left out the bytes of a packet.");

    private static WorkerEvent.MessageReceived MessageReceived(MessageNotification body) =>
        new(new DataMessage(body.Ppid, Bytes(body.GetDataArray())));

    private static WorkerEvent.DtlsStateChanged DtlsStateChanged(DtlsStateChangeNotification body) =>
        new(Frame.Known<DtlsState>((byte)body.DtlsState), body.RemoteCert);

    private static WorkerEvent.ProducerScored ProducerScored(ScoreNotification body) =>
        new(Frame.Vector(body.ScoresLength, i =>
        {
            Score score = Frame.Required(body.Scores(i));
            return new ProducerScore(checked((int)score.EncodingIdx), score.Ssrc, score.Rid, score.Score_);
        }));

    private static WorkerEvent.VideoOrientationChanged VideoOrientationChanged(VideoOrientationChangeNotification body) =>
        new(new VideoOrientation(body.Camera, body.Flip, body.Rotation));

    private static WorkerEvent.VolumesMeasured VolumesMeasured(VolumesNotification body) =>
        new(Frame.Vector(body.VolumesLength, i =>
        {
            Volume volume = Frame.Required(body.Volumes(i));
            return new AudioLevel(Frame.Required(volume.ProducerId), volume.Volume_);
        }));
}
