using System.Buffers;
using System.Buffers.Binary;

namespace Millrace.Controller.Channel;

/// <summary>Cuts the byte stream of a channel into frames.</summary>
internal static class FrameReader
{
    public const int PrefixBytes = 4;

    // u32 little-endian length, then as many bytes
    /// <summary>
    /// Takes one whole frame, its prefix included, off the front of the buffer; false if it is not whole yet.
    /// </summary>
    /// <exception cref="WorkerProtocolException">No frame can have this length.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < PrefixBytes)
        {
            return false;
        }
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (length is 0 or > WorkerLimits.MaxFrameBytes - PrefixBytes)
        {
            throw new WorkerProtocolException($"The worker sent a frame of {length} bytes.");
        }
        if (buffer.Length < PrefixBytes + length)
        {
            return false;
        }
        frame = buffer.Slice(0, PrefixBytes + length);
        buffer = buffer.Slice(frame.End);
        return true;
    }
}
