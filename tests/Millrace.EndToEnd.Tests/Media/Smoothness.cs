namespace Millrace.EndToEnd.Tests.Media;

/// <summary>How long a viewer's picture may stand still, whatever happens in the meantime: a second, unless said otherwise.</summary>
internal static class Smoothness
{
    private const double FreezeAtMost = 1000;

    /// <summary>Does something, and checks the longest wait of each viewer between two frames during it.</summary>
    public static async Task OfAsync(Sent sent, IReadOnlyList<Received> viewers, Func<Task> act, double freezeAtMost = FreezeAtMost)
    {
        foreach (Received viewer in viewers)
        {
            await viewer.MarkAsync();
        }
        await sent.LookAsync();
        await act();
        // A camera that a busy machine held up sends nothing, and nobody can see more than it sends.
        double stall = (await sent.LookAsync()).Camera!.LongestStall;
        foreach (Received viewer in viewers)
        {
            double gap = (await viewer.LookAsync()).Picture!.LongestGap;
            await TestContext.Out.WriteLineAsync($"longest gap {gap:0} ms, the camera's {stall:0} ms");
            Assert.That(gap, Is.LessThan(freezeAtMost + stall), "no freeze");
        }
    }
}
