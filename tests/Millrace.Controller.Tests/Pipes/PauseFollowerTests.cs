using Millrace.Controller.Pipes;

namespace Millrace.Controller.Tests.Pipes;

[Parallelizable]
internal sealed class PauseFollowerTests
{
    [Test]
    public void AskedWhileAtIt_DoesItOnceMore_WithTheLatestState()
    {
        bool source = true;
        List<bool> set = [];
        PauseFollower? follower = null;
        follower = new PauseFollower(
            () => source,
            paused =>
            {
                set.Add(paused);
                if (set.Count == 1)
                {
                    source = false;
                    follower!.Update();
                    follower.Update();
                }
            });

        follower.Update();
        follower.Update();

        Assert.That(set, Is.EqualTo(new[] { true, false, false }));
    }

    [Test]
    public void ManyAsking_LeaveTheLatestState()
    {
        int source = 0;
        int inside = 0;
        bool last = false;
        bool overlapped = false;
        PauseFollower follower = new(
            () => Volatile.Read(ref source) % 2 == 1,
            paused =>
            {
                overlapped |= Interlocked.Increment(ref inside) != 1;
                last = paused;
                Interlocked.Decrement(ref inside);
            });

        Parallel.For(0, 10_001, _ =>
        {
            Interlocked.Increment(ref source);
            follower.Update();
        });

        Assert.That((last, overlapped), Is.EqualTo((true, false)));
    }
}
