using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>Datagrams that arrive at a media port, written from RFC 8489, 8445, 6347, 3550 and 5764.</summary>
internal static class Datagrams
{
    private const uint MagicCookie = 0x2112A442;
    private const ushort BindingRequest = 0x0001;
    private const ushort BindingSuccess = 0x0101;

    /// <summary>A binding request as a controlling peer sends it, with USE-CANDIDATE.</summary>
    public static byte[] WriteBinding(string remoteFragment, string remotePassword)
    {
        List<byte> message = [.. new byte[20]];
        BinaryPrimitives.WriteUInt16BigEndian(Part(message, 0, 2), BindingRequest);
        BinaryPrimitives.WriteUInt32BigEndian(Part(message, 4, 4), MagicCookie);
        RandomNumberGenerator.Fill(Part(message, 8, 12));
        AddAttribute(message, 0x0006, Encoding.ASCII.GetBytes($"{remoteFragment}:test"));
        AddAttribute(message, 0x0024, [0x6e, 0x7f, 0x1e, 0xff]);
        AddAttribute(message, 0x802a, [1, 2, 3, 4, 5, 6, 7, 8]);
        AddAttribute(message, 0x0025, []);
        // RFC 8489 14.5: the HMAC covers the message up to itself, with a length that counts it.
        WriteLength(message, 24);
#pragma warning disable CA5350 // The RFC asks for SHA-1.
        AddAttribute(message, 0x0008, HMACSHA1.HashData(Encoding.ASCII.GetBytes(remotePassword), message.ToArray()));
#pragma warning restore CA5350
        // RFC 8489 14.7: CRC-32 of the message up to itself, XORed with "STUN".
        WriteLength(message, 8);
        byte[] fingerprint = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint, Crc32(message) ^ 0x5354554e);
        AddAttribute(message, 0x8028, fingerprint);
        return [.. message];
    }

    /// <summary>Whether a datagram is the success answer to a binding request.</summary>
    public static bool IsSuccessOf(byte[] request, byte[] answer) =>
        answer.Length >= 20
        && BinaryPrimitives.ReadUInt16BigEndian(answer) == BindingSuccess
        && answer.AsSpan(4, 16).SequenceEqual(request.AsSpan(4, 16));

    /// <summary>Whether a datagram carries DTLS handshake messages (content type 22).</summary>
    public static bool IsDtlsHandshake(byte[] datagram) => datagram.Length > 13 && datagram[0] == 22;

    /// <summary>A DTLS 1.2 ClientHello without a cookie that a WebRTC server would go on with.</summary>
    public static byte[] WriteClientHello()
    {
        byte[] extensions =
        [
            // extended_master_secret, renegotiation_info, supported_groups (P-256), ec_point_formats
            .. Convert.FromHexString("00170000" + "ff01000100" + "000a000400020017" + "000b00020100"),
            // signature_algorithms: ecdsa_secp256r1_sha256, rsa_pkcs1_sha256
            .. Convert.FromHexString("000d0006000404030401"),
            // use_srtp: AEAD_AES_128_GCM, SRTP_AES128_CM_HMAC_SHA1_80
            .. Convert.FromHexString("000e0007000400070001" + "00"),
        ];
        byte[] body =
        [
            0xfe, 0xfd,
            .. RandomNumberGenerator.GetBytes(32),
            0, 0,
            // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
            0, 4, 0xc0, 0x2b, 0xc0, 0x2f,
            1, 0,
            .. Short(extensions.Length),
            .. extensions,
        ];
        byte[] handshake = [1, 0, .. Short(body.Length), 0, 0, 0, 0, 0, 0, .. Short(body.Length), .. body];
        return [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, .. Short(handshake.Length), .. handshake];
    }

    /// <summary>What strangers send: noise of many sizes, and the beginnings of every protocol that shares the port.</summary>
    public static IEnumerable<byte[]> Garbage(int seed)
    {
        Random random = new(seed);
        foreach (byte first in new byte[] { 0, 1, 16, 20, 22, 23, 63, 64, 127, 128, 143, 191, 192, 255 })
        {
            foreach (int size in new[] { 0, 1, 2, 7, 12, 20, 28, 100, 1200, 1472 })
            {
                byte[] bytes = new byte[size];
                random.NextBytes(bytes);
                if (size > 0)
                {
                    bytes[0] = first;
                }
                yield return bytes;
            }
        }
        // A binding request for somebody unknown, and one cut short.
        byte[] binding = WriteBinding("nobody", "no password at all");
        yield return binding;
        yield return binding[..^6];
        // RTP and RTCP in clear.
        yield return [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0x2b, 0x67, 1, 2, 3, 4];
        yield return [0x80, 200, 0, 6, .. new byte[24]];
    }

    private static Span<byte> Part(List<byte> bytes, int start, int size) =>
        CollectionsMarshal.AsSpan(bytes).Slice(start, size);

    private static void AddAttribute(List<byte> message, ushort type, byte[] value)
    {
        message.AddRange([(byte)(type >> 8), (byte)type, .. Short(value.Length), .. value]);
        message.AddRange(new byte[(4 - (value.Length % 4)) % 4]);
        WriteLength(message, 0);
    }

    private static void WriteLength(List<byte> message, int toCome) =>
        BinaryPrimitives.WriteUInt16BigEndian(Part(message, 2, 2), (ushort)(message.Count - 20 + toCome));

    private static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];

    // ITU-T V.42, as Ethernet has it.
    private static uint Crc32(List<byte> bytes)
    {
        uint crc = 0xffffffff;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; ++bit)
            {
                crc = (crc >> 1) ^ (0xedb88320 & (uint)-(int)(crc & 1));
            }
        }
        return ~crc;
    }
}
