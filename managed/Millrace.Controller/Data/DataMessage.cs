using System.Text;

namespace Millrace.Controller;

/// <summary>A message of a data channel, with its payload protocol identifier (RFC 8831).</summary>
/// <param name="Ppid">What kind of message it is.</param>
/// <param name="Payload">Its bytes as they travel; an empty message travels as one byte.</param>
public sealed record DataMessage(uint Ppid, ReadOnlyMemory<byte> Payload)
{
    /// <summary>A text in UTF-8.</summary>
    public const uint TextPpid = 51;

    /// <summary>Bytes.</summary>
    public const uint BinaryPpid = 53;

    /// <summary>The empty text.</summary>
    public const uint EmptyTextPpid = 56;

    /// <summary>No bytes.</summary>
    public const uint EmptyBinaryPpid = 57;

    // RFC 8831 6.6: "SCTP does not support the sending of empty user messages", so an empty one is one zero byte.
    private static readonly byte[] Nothing = [0];

    /// <summary>Whether it is a text.</summary>
    public bool IsText => Ppid is TextPpid or EmptyTextPpid;

    /// <summary>What the sender meant: <see cref="Payload"/>, or nothing for an empty message.</summary>
    public ReadOnlyMemory<byte> Content => Ppid is EmptyTextPpid or EmptyBinaryPpid ? default : Payload;

    /// <summary>The content as text; what is not UTF-8 becomes replacement characters.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>Makes a text.</summary>
    public static DataMessage OfText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0
            ? new DataMessage(EmptyTextPpid, Nothing)
            : new DataMessage(TextPpid, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Makes a message of bytes.</summary>
    public static DataMessage OfBinary(ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? new DataMessage(EmptyBinaryPpid, Nothing) : new DataMessage(BinaryPpid, bytes);
}
