namespace Millrace.Controller.Wire;

/// <summary>Kinds of traces onto the wire, where every noun has its own numbers.</summary>
internal static class TraceWriter
{
    public static Schema.Transport.TraceEventType[] Transport(IReadOnlyList<TraceEventType> types) =>
    [
        .. types.Select(type => type switch
        {
            TraceEventType.Probation => Schema.Transport.TraceEventType.PROBATION,
            TraceEventType.Bwe => Schema.Transport.TraceEventType.BWE,
            _ => throw Unknown("transport", type),
        }),
    ];

    public static Schema.Producer.TraceEventType[] Producer(IReadOnlyList<TraceEventType> types) =>
    [
        .. types.Select(type => type switch
        {
            TraceEventType.KeyFrame => Schema.Producer.TraceEventType.KEYFRAME,
            TraceEventType.Fir => Schema.Producer.TraceEventType.FIR,
            TraceEventType.Nack => Schema.Producer.TraceEventType.NACK,
            TraceEventType.Pli => Schema.Producer.TraceEventType.PLI,
            TraceEventType.Rtp => Schema.Producer.TraceEventType.RTP,
            TraceEventType.SenderReport => Schema.Producer.TraceEventType.SR,
            _ => throw Unknown("producer", type),
        }),
    ];

    public static Schema.Consumer.TraceEventType[] Consumer(IReadOnlyList<TraceEventType> types) =>
    [
        .. types.Select(type => type switch
        {
            TraceEventType.KeyFrame => Schema.Consumer.TraceEventType.KEYFRAME,
            TraceEventType.Fir => Schema.Consumer.TraceEventType.FIR,
            TraceEventType.Nack => Schema.Consumer.TraceEventType.NACK,
            TraceEventType.Pli => Schema.Consumer.TraceEventType.PLI,
            TraceEventType.Rtp => Schema.Consumer.TraceEventType.RTP,
            _ => throw Unknown("consumer", type),
        }),
    ];

    private static ArgumentException Unknown(string noun, TraceEventType type) =>
        new($"A {noun} does not trace {type}.", nameof(type));
}
