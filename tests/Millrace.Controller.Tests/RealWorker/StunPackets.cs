using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>STUN as a controlling ICE agent sends it (RFC 8489, RFC 8445).</summary>
internal static class StunPackets
{
    private const uint Cookie = 0x2112A442;

    /// <summary>A binding request that nominates the path it travels on.</summary>
    public static byte[] Nominate(IceParameters worker, byte transaction)
    {
        List<byte> message = [0x00, 0x01, 0, 0, .. Bytes(Cookie), .. new byte[11], transaction];
        Append(message, 0x0006, Encoding.UTF8.GetBytes($"{worker.UsernameFragment}:peer"));
        Append(message, 0x0024, Bytes(0x6E7F1EFF));
        Append(message, 0x802A, [1, 2, 3, 4, 5, 6, 7, 8]);
        Append(message, 0x0025, []);
        // RFC 8489 14.5: the length counts the attribute itself while it is computed.
        SetLength(message, 24);
#pragma warning disable CA5350 // STUN's own choice of hash
        Append(message, 0x0008, HMACSHA1.HashData(Encoding.UTF8.GetBytes(worker.Password), message.ToArray()));
#pragma warning restore CA5350
        // RFC 8489 14.7: CRC-32 of the message before the attribute, XOR'ed with a constant
        SetLength(message, 8);
        Append(message, 0x8028, Bytes(Crc32(message) ^ 0x5354554E));
        return [.. message];
    }

    /// <summary>Whether it answers a binding request with success.</summary>
    public static bool IsSuccess(byte[] datagram) => datagram.Length >= 20 && datagram[0] == 0x01 && datagram[1] == 0x01;

    // ITU V.42: the polynomial 0x04C11DB7, reflected
    private static uint Crc32(List<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }
        return ~crc;
    }

    private static void Append(List<byte> message, ushort type, byte[] value)
    {
        message.AddRange([(byte)(type >> 8), (byte)type, (byte)(value.Length >> 8), (byte)value.Length]);
        message.AddRange(value);
        message.AddRange(new byte[(4 - (value.Length % 4)) % 4]);
        SetLength(message, 0);
    }

    private static void SetLength(List<byte> message, int more)
    {
        int length = message.Count - 20 + more;
        message[2] = (byte)(length >> 8);
        message[3] = (byte)length;
    }

    private static byte[] Bytes(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
