using System.Buffers;
using System.IO.Pipelines;

namespace Millrace.Interop.Tests;

/// <summary>Waits that fail a test instead of hanging it.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task Within(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    public static Task Within(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Reads exactly so many bytes.</summary>
    public static async Task<byte[]> ReadBytesAsync(this PipeReader reader, int size)
    {
        ReadResult result = await reader.ReadAtLeastAsync(size).Within();
        byte[] bytes = result.Buffer.Slice(0, size).ToArray();
        reader.AdvanceTo(result.Buffer.GetPosition(size));
        return bytes;
    }

    /// <summary>Reads to the end and returns how much it was.</summary>
    public static async Task<long> CountToEndAsync(this PipeReader reader)
    {
        long count = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync().Within();
            count += result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return count;
            }
        }
    }
}
