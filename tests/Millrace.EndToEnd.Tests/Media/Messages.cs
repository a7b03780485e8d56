using Millrace.Controller;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>A message that a client is told to send: a text, or bytes made from a seed.</summary>
internal sealed record OutgoingMessage(string? Text = null, int? Size = null, uint? Seed = null)
{
    /// <summary>What must arrive of it.</summary>
    public ReceivedMessage Expected => Text is not null ? new ReceivedMessage(Text) : new ReceivedMessage(Size: Size, Sum: Hash(Bytes()));

    public static OutgoingMessage OfText(string text) => new(text);

    public static OutgoingMessage OfBytes(int size, uint seed = 1) => new(Size: size, Seed: seed);

    /// <summary>What a message of the worker must look like at the client.</summary>
    public static ReceivedMessage Of(DataMessage message) =>
        message.IsText ? new ReceivedMessage(message.Text) : new ReceivedMessage(Size: message.Content.Length, Sum: Hash(message.Content.Span));

    /// <summary>The bytes, as the page makes them: a linear congruential generator's upper ones.</summary>
    public byte[] Bytes()
    {
        byte[] bytes = new byte[Size!.Value];
        uint state = Seed ?? 0;
        for (int i = 0; i < bytes.Length; ++i)
        {
            state = unchecked((state * 1664525) + 1013904223);
            bytes[i] = (byte)(state >> 24);
        }
        return bytes;
    }

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0x811c9dc5;
        foreach (byte value in bytes)
        {
            hash = unchecked((hash ^ value) * 0x01000193);
        }
        return hash;
    }
}
