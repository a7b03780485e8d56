using FlatBuffers;

namespace Millrace.Controller.Wire;

/// <summary>Streams and subchannels, which have been checked, onto the wire.</summary>
internal static class SctpWriter
{
    public static Offset<Schema.SctpParameters.SctpStreamParameters> Stream(
        FlatBufferBuilder builder, SctpStreamParameters? stream) => stream is null
        ? default
        : Schema.SctpParameters.SctpStreamParameters.CreateSctpStreamParameters(
            builder,
            checked((ushort)stream.StreamId),
            stream.Ordered,
            checked((ushort?)stream.MaxPacketLifeTime),
            checked((ushort?)stream.MaxRetransmits));

    public static ushort[] Subchannels(IReadOnlyList<int> subchannels) =>
        [.. subchannels.Select(subchannel => checked((ushort)subchannel))];

    public static ushort? Subchannel(int? subchannel) => checked((ushort?)subchannel);
}
