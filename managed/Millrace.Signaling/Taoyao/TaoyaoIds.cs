namespace Millrace.Signaling.Taoyao;

/// <summary>
/// Ids of messages and indexes of clients. An id tells day and time and ends in a tail; the tails of the server and those of
/// clients never meet (the protocol's page, section 2).
/// </summary>
internal sealed class TaoyaoIds(TimeProvider time, int serverIndex = 0)
{
    private const int FirstClientIndex = 10_001;
    private const int ClientIndexes = 89_999;
    private const int Tails = 1_000_000;

    private int _count = -1;
    private int _clients = -1;

    /// <summary>The id of a new message of the server.</summary>
    public long NextMessage()
    {
        DateTimeOffset now = time.GetLocalNow();
        long tail = (uint)Interlocked.Increment(ref _count) % Tails;
        return (now.Day * 100_000_000_000_000L)
            + (now.Hour * 1_000_000_000_000L)
            + (now.Minute * 10_000_000_000L)
            + (now.Second * 100_000_000L)
            + (serverIndex * (long)Tails)
            + tail;
    }

    /// <summary>The index of one more client, 10001 to 99999 and round again.</summary>
    public int NextClient() => FirstClientIndex + (int)((uint)Interlocked.Increment(ref _clients) % ClientIndexes);
}
