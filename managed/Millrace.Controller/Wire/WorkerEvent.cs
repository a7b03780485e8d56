namespace Millrace.Controller.Wire;

/// <summary>What a worker can notify: one of the nested records.</summary>
internal abstract record WorkerEvent
{
    private WorkerEvent()
    {
    }

    public sealed record Running : WorkerEvent;

    public sealed record IceStateChanged(IceState State) : WorkerEvent;

    public sealed record IceSelectedTupleChanged(TransportTuple Tuple) : WorkerEvent;

    public sealed record DtlsStateChanged(DtlsState State, string? RemoteCertificate) : WorkerEvent;

    public sealed record TupleLearned(TransportTuple Tuple) : WorkerEvent;

    public sealed record RtcpTupleLearned(TransportTuple Tuple) : WorkerEvent;

    public sealed record ProducerScored(IReadOnlyList<ProducerScore> Scores) : WorkerEvent;

    public sealed record VideoOrientationChanged(VideoOrientation Orientation) : WorkerEvent;

    public sealed record ConsumerProducerPaused : WorkerEvent;

    public sealed record ConsumerProducerResumed : WorkerEvent;

    public sealed record ConsumerProducerClosed : WorkerEvent;

    public sealed record ConsumerScored(ConsumerScore Score) : WorkerEvent;

    public sealed record LayersChanged(ConsumerLayers? Layers) : WorkerEvent;

    public sealed record Traced(TraceEvent Event) : WorkerEvent;

    public sealed record VolumesMeasured(IReadOnlyList<AudioLevel> Levels) : WorkerEvent;

    public sealed record Silent : WorkerEvent;

    public sealed record DominantSpeakerChanged(string ProducerId) : WorkerEvent;

    public sealed record SctpStateChanged(SctpState State) : WorkerEvent;

    public sealed record SctpNegotiated(SctpCapabilities Capabilities) : WorkerEvent;

    public sealed record RtpReceived(ReadOnlyMemory<byte> Packet) : WorkerEvent;

    public sealed record RtcpReceived(ReadOnlyMemory<byte> Packet) : WorkerEvent;

    public sealed record MessageReceived(DataMessage Message) : WorkerEvent;

    public sealed record BufferedAmountLow(long BufferedAmount) : WorkerEvent;

    public sealed record SendBufferFull : WorkerEvent;

    public sealed record DataProducerPaused : WorkerEvent;

    public sealed record DataProducerResumed : WorkerEvent;

    public sealed record DataProducerClosed : WorkerEvent;

    /// <summary>Something this controller has no use for.</summary>
    public sealed record Other : WorkerEvent;
}
