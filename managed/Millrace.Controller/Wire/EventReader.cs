using FlatBuffers;
using Millrace.Schema.AudioLevelObserver;
using Millrace.Schema.Notification;
using Millrace.Schema.PlainTransport;
using Millrace.Schema.Producer;
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
        Event.PRODUCER_TRACE => new WorkerEvent.Traced(TraceReader.Producer(Body<TraceNotification>(notification))),
        Event.CONSUMER_TRACE => new WorkerEvent.Traced(
            TraceReader.Consumer(Body<Schema.Consumer.TraceNotification>(notification))),
        Event.AUDIOLEVELOBSERVER_VOLUMES => VolumesMeasured(Body<VolumesNotification>(notification)),
        Event.AUDIOLEVELOBSERVER_SILENCE => new WorkerEvent.Silent(),
        _ => new WorkerEvent.Other(),
    };

    private static T Body<T>(Notification notification)
        where T : struct, IFlatbufferObject =>
        Frame.Required(notification.Body<T>());

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
