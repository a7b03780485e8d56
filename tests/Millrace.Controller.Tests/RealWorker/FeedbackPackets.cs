using System.Buffers.Binary;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>What a viewer says about the packets that reach it: transport-wide feedback, one packet at a time, and REMB.</summary>
internal static class FeedbackPackets
{
    private const string RembIdentifier = "REMB";

    /// <summary>The transport-wide number of a packet; null where it has none.</summary>
    public static ushort? NumberOf(byte[] rtp, RtpParameters parameters)
    {
        int id = parameters.HeaderExtensions.Single(e => e.Uri == RtpHeaderExtensionUri.TransportWideCc).Id;
        // RFC 8285 4.2: the one-byte form.
        if ((rtp[0] & 0x10) == 0 || rtp[12] != 0xBE || rtp[13] != 0xDE)
        {
            return null;
        }
        int end = 16 + (4 * BinaryPrimitives.ReadUInt16BigEndian(rtp.AsSpan(14)));
        for (int at = 16; at < end; at += rtp[at] == 0 ? 1 : 2 + (rtp[at] & 0x0F))
        {
            if (rtp[at] >> 4 == id)
            {
                return BinaryPrimitives.ReadUInt16BigEndian(rtp.AsSpan(at + 1));
            }
        }
        return null;
    }

    /// <summary>That one packet arrived, and when (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1).</summary>
    public static byte[] Arrived(ushort number, byte count, TimeSpan time)
    {
        const int ReferenceMilliseconds = 64;
        long reference = (long)time.TotalMilliseconds / ReferenceMilliseconds;
        double rest = time.TotalMilliseconds - (reference * ReferenceMilliseconds);
        byte[] packet = new byte[24];
        packet[0] = 0x80 | 15;
        packet[1] = 205;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)((packet.Length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), number);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), ((uint)reference << 8) | count);
        // A run of one packet with a small delta, in units of 250 us.
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), 0x2001);
        packet[22] = (byte)(rest * 4);
        return packet;
    }

    /// <summary>What may be sent at most, for one stream (draft-alvestrand-rmcat-remb-03, 2.2).</summary>
    public static byte[] Remb(uint ssrc, uint bitrate)
    {
        int exponent = 0;
        uint mantissa = bitrate;
        while (mantissa >= 1 << 18)
        {
            mantissa >>= 1;
            exponent++;
        }
        byte[] packet = new byte[24];
        packet[0] = 0x80 | 15;
        packet[1] = 206;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)((packet.Length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 1);
        System.Text.Encoding.ASCII.GetBytes(RembIdentifier, packet.AsSpan(12));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), (1u << 24) | ((uint)exponent << 18) | mantissa);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(20), ssrc);
        return packet;
    }
}
