using FlatBuffers;

namespace Millrace.Controller.Wire;

/// <summary>What all frames share: how they are closed, and how reading them is kept from doing harm.</summary>
internal static class Frame
{
    public static ArraySegment<byte> Finish(FlatBufferBuilder builder, Schema.Message.Body type, int data)
    {
        builder.FinishSizePrefixed(Schema.Message.Message.CreateMessage(builder, type, data).Value);
        ByteBuffer buffer = builder.DataBuffer;
        int length = buffer.Length - buffer.Position;
        if (length > WorkerLimits.MaxFrameBytes)
        {
            throw new ArgumentException($"The request has {length} bytes; {WorkerLimits.MaxFrameBytes} are allowed.");
        }
        return buffer.ToArraySegment(buffer.Position, length);
    }

    /// <summary>
    /// Reads something out of a frame. The runtime of FlatBuffers checks array bounds and nothing else, so a corrupt
    /// frame comes out as any managed exception; here they become one.
    /// </summary>
    public static T Decode<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not WorkerProtocolException)
        {
            throw new WorkerProtocolException($"The worker sent something that cannot be read: {e.Message}", e);
        }
    }

    public static string Required(string? text) =>
        text ?? throw new WorkerProtocolException("The worker left out a text that must be there.");

    public static T Required<T>(T? table)
        where T : struct =>
        table ?? throw new WorkerProtocolException("The worker left out a table that must be there.");

    public static T[] Vector<T>(int length, Func<int, T> item)
    {
        // Every item takes at least one byte of the frame.
        if (length is < 0 or > WorkerLimits.MaxFrameBytes)
        {
            throw new WorkerProtocolException($"The worker sent a list of {length} items.");
        }
        List<T> items = new(Math.Min(length, 64));
        for (int i = 0; i < length; i++)
        {
            items.Add(item(i));
        }
        return [.. items];
    }

    public static string[] Texts(int length, Func<int, string?> item) => Vector(length, i => Required(item(i)));

    public static Dictionary<TKey, TValue> Map<TItem, TKey, TValue>(
        int length, Func<int, TItem?> item, Func<TItem, TKey> key, Func<TItem, TValue> value)
        where TItem : struct
        where TKey : notnull
    {
        Dictionary<TKey, TValue> map = [];
        foreach (TItem entry in Vector(length, i => Required(item(i))))
        {
            map[key(entry)] = value(entry);
        }
        return map;
    }

    /// <summary>A value of ours whose number is the wire's.</summary>
    public static T Known<T>(byte value)
        where T : struct, Enum
    {
        T known = (T)Enum.ToObject(typeof(T), value);
        return Enum.IsDefined(known)
            ? known
            : throw new WorkerProtocolException($"The worker sent {value} for {typeof(T).Name}.");
    }
}
