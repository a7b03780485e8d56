namespace Millrace.Controller.Sctp;

/// <summary>Checks what a client says about data channels. Pure; what passes here fits the wire.</summary>
internal static class SctpValidation
{
    // RFC 8832 5.1: label and protocol are written with a length of 16 bits. Nobody needs names of that length.
    private const int MaxNameLength = 1024;

    private const int MaxSubchannels = 4096;

    /// <summary>The same parameters with the order decided.</summary>
    public static SctpStreamParameters Check(SctpStreamParameters stream)
    {
        RequireRange(stream.StreamId, SctpStreamParameters.MaxStreamId, "An SCTP stream id");
        RequireRange(stream.MaxPacketLifeTime ?? 0, ushort.MaxValue, "A message's life time");
        RequireRange(stream.MaxRetransmits ?? 0, ushort.MaxValue, "The number of retransmissions");
        bool isPartial = stream.MaxPacketLifeTime is not null || stream.MaxRetransmits is not null;
        // RFC 8831 6.4 limits either the time or the number; the worker's contract keeps order for reliable streams.
        Require(
            stream.MaxPacketLifeTime is null || stream.MaxRetransmits is null,
            "A stream has either a life time of messages or a number of retransmissions.");
        Require(stream.Ordered is not true || !isPartial, "A stream that may lose messages cannot be ordered.");
        return stream with { Ordered = stream.Ordered ?? !isPartial };
    }

    public static void CheckNames(string label, string protocol)
    {
        ArgumentNullException.ThrowIfNull(label);
        ArgumentNullException.ThrowIfNull(protocol);
        Require(
            label.Length <= MaxNameLength && protocol.Length <= MaxNameLength,
            $"Label and protocol have at most {MaxNameLength} characters.");
    }

    public static void CheckSubchannels(IReadOnlyList<int> subchannels)
    {
        ArgumentNullException.ThrowIfNull(subchannels);
        Require(subchannels.Count <= MaxSubchannels, $"There are more than {MaxSubchannels} subchannels.");
        foreach (int subchannel in subchannels)
        {
            CheckSubchannel(subchannel);
        }
    }

    public static void CheckSubchannel(int subchannel) => RequireRange(subchannel, ushort.MaxValue, "A subchannel");

    private static void RequireRange(int value, int max, string what) =>
        Require(value >= 0 && value <= max, $"{what} is {value}; 0 to {max} are allowed.");

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
