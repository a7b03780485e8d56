using System.Text;

namespace Millrace.Interop;

/// <summary>Cuts a stream of bytes into lines of text; a line that is too long comes in pieces.</summary>
internal sealed class LineCutter(Action<string>? onLine)
{
    /// <summary>The longest line handed over whole: what one write to a pipe can hold.</summary>
    public const int LineBytesMax = 65536;

    private readonly byte[] _line = new byte[LineBytesMax];
    private Action<string>? _onLine = onLine;
    private int _size;

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = bytes[..Math.Min(end < 0 ? bytes.Length : end, LineBytesMax - _size)];
            part.CopyTo(_line.AsSpan(_size));
            _size += part.Length;
            if (part.Length == end)
            {
                bytes = bytes[(end + 1)..];
                HandOver();
            }
            else
            {
                bytes = bytes[part.Length..];
                if (_size == LineBytesMax)
                {
                    HandOver();
                }
            }
        }
    }

    /// <summary>The stream has ended: an unfinished last line counts too.</summary>
    public void End()
    {
        if (_size > 0)
        {
            HandOver();
        }
    }

    private void HandOver()
    {
        string line = Encoding.UTF8.GetString(_line, 0, _size).TrimEnd('\r');
        _size = 0;
        try
        {
            _onLine?.Invoke(line);
        }
        catch (Exception)
        {
            // A log that fails must not take the worker's watch with it: it gets no more lines.
            _onLine = null;
        }
    }
}
