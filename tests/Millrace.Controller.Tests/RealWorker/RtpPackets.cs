using System.Buffers.Binary;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>RTP and RTCP packets as a peer would make them (RFC 3550).</summary>
internal static class RtpPackets
{
    public static byte[] Rtp(
        int payloadType, int sequence, uint timestamp, uint ssrc, byte[] payload, params (int Id, byte[] Value)[] extensions)
    {
        // RFC 8285 4.2: one-byte form; each element is id and length minus one, then the value.
        List<byte> elements = [.. extensions.SelectMany(e => (byte[])[(byte)((e.Id << 4) | (e.Value.Length - 1)), .. e.Value])];
        while (elements.Count % 4 != 0)
        {
            elements.Add(0);
        }
        byte[] header = new byte[12];
        header[0] = (byte)(elements.Count == 0 ? 0x80 : 0x90);
        header[1] = (byte)(0x80 | payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), ssrc);
        byte[] head = elements.Count == 0 ? [] : [0xBE, 0xDE, 0, (byte)(elements.Count / 4)];
        return [.. header, .. head, .. elements, .. payload];
    }

    public static byte[] Opus(int sequence, uint ssrc = 1111, params (int Id, byte[] Value)[] extensions) =>
        Rtp(111, sequence, (uint)sequence * 960, ssrc, [0x78, 1, 2, 3, 4, 5], extensions);

    /// <summary>A whole VP8 frame in one packet (RFC 7741).</summary>
    public static byte[] Vp8(int sequence, bool isKey, uint ssrc = 2222, params (int Id, byte[] Value)[] extensions) =>
        Rtp(
            96,
            sequence,
            (uint)sequence * 3000,
            ssrc,
            isKey
                ? [0x10, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01, 1, 2, 3]
                : [0x10, 0x11, 0x02, 0x00, 1, 2, 3, 4],
            extensions);

    // RFC 3550 6.4.1
    public static byte[] SenderReport(uint ssrc, uint rtpTimestamp) =>
        Rtcp(200, 0, ssrc, 0xE0000001, 0x80000000, rtpTimestamp, 10, 1000);

    // RFC 4585 6.2.1: sequence number lost, and a mask of those that follow
    public static byte[] Nack(uint ssrc, int sequence) => Rtcp(205, 1, 1, ssrc, (uint)sequence << 16);

    // RFC 4585 6.3.1
    public static byte[] Pli(uint ssrc) => Rtcp(206, 1, 1, ssrc);

    // RFC 5104 4.3.1.1: the media source stands in the entry
    public static byte[] Fir(uint ssrc, byte number) => Rtcp(206, 4, 1, 0, ssrc, (uint)number << 24);

    public static uint SsrcOf(ReadOnlyMemory<byte> rtp) => BinaryPrimitives.ReadUInt32BigEndian(rtp.Span[8..]);

    public static int SequenceOf(ReadOnlyMemory<byte> rtp) => BinaryPrimitives.ReadUInt16BigEndian(rtp.Span[2..]);

    public static int PayloadTypeOf(ReadOnlyMemory<byte> rtp) => rtp.Span[1] & 0x7F;

    private static byte[] Rtcp(byte type, byte count, params uint[] words)
    {
        byte[] packet = new byte[4 + (words.Length * 4)];
        packet[0] = (byte)(0x80 | count);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)words.Length);
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4 + (i * 4)), words[i]);
        }
        return packet;
    }
}
