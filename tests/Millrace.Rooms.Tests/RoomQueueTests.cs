using Millrace.Testing;

namespace Millrace.Rooms.Tests;

internal sealed class RoomQueueTests
{
    private static readonly RoomError Ended = new RoomError.NoSuchRoom("room");

    private readonly List<Exception> _failures = [];

    [Test]
    public async Task Turns_RunOneAfterTheOther_InTheOrderOfTheirArrival()
    {
        await using RoomQueue queue = Queue(limit: 100);
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> steps = [];

        queue.Post(async () =>
        {
            steps.Add("one begins");
            await first.Task;
            steps.Add("one ends");
        });
        Task<int> second = queue.RunAsync(() =>
        {
            steps.Add("two");
            return Task.FromResult(2);
        });
        queue.Follow(() =>
        {
            steps.Add("three");
            return Task.CompletedTask;
        });
        first.SetResult();
        int result = await second.Within();
        await queue.DisposeAsync();

        Assert.That(result, Is.EqualTo(2));
        Assert.That(steps, Is.EqualTo(new[] { "one begins", "one ends", "two", "three" }));
    }

    [Test]
    public async Task Run_HandsOnTheException_AndTheQueueGoesOn()
    {
        await using RoomQueue queue = Queue(limit: 100);

        Task<int> failing = queue.RunAsync<int>(() => throw new InvalidOperationException("no"));
        Task<int> next = queue.RunAsync(() => Task.FromResult(1));

        await Assert.ThatAsync(async () => await failing.Within(), Throws.InvalidOperationException.With.Message.EqualTo("no"));
        Assert.That(await next.Within(), Is.EqualTo(1));
        Assert.That(_failures, Is.Empty);
    }

    [Test]
    public async Task Post_TellsOfTheException_AndTheQueueGoesOn()
    {
        await using RoomQueue queue = Queue(limit: 100);

        queue.Post(() => throw new InvalidOperationException("no"));
        await queue.RunAsync(() => Task.FromResult(1)).Within();

        Assert.That(_failures.Select(f => f.Message), Is.EqualTo(new[] { "no" }));
    }

    [Test]
    public async Task AFullQueue_RefusesRequests_ButNotWhatMustHappen()
    {
        await using RoomQueue queue = Queue(limit: 2);
        TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.Post(async () =>
        {
            running.SetResult();
            await hold.Task;
        });
        await running.Task.Within();
        int ran = 0;
        Task Count()
        {
            ++ran;
            return Task.CompletedTask;
        }

        bool[] posted = [queue.Post(Count), queue.Post(Count), queue.Post(Count)];
        RefusedException? refused = Assert.Catch<RefusedException>(() => queue.RunAsync(() => Task.FromResult(1)));
        bool followed = queue.Follow(Count);
        hold.SetResult();
        await queue.DisposeAsync();

        Assert.That(posted, Is.EqualTo(new[] { true, true, false }));
        Assert.That(refused!.Error, Is.EqualTo(new RoomError.TooMany("WaitingTurns")));
        Assert.That(followed, Is.True);
        Assert.That(ran, Is.EqualTo(3));
    }

    [Test]
    public async Task AnEndedQueue_RunsWhatWaited_AndTakesNoMore()
    {
        RoomQueue queue = Queue(limit: 100);
        bool ran = false;
        queue.Post(async () =>
        {
            await Task.Yield();
            ran = true;
        });

        await queue.DisposeAsync();

        Assert.That(ran, Is.True);
        Assert.That(queue.Post(() => Task.CompletedTask), Is.False);
        Assert.That(queue.Follow(() => Task.CompletedTask), Is.False);
        Assert.That(
            Assert.Catch<RefusedException>(() => queue.RunAsync(() => Task.FromResult(1)))!.Error, Is.EqualTo(Ended));
    }

    [Test]
    public async Task TurnsFromManyThreads_NeverOverlap()
    {
        await using RoomQueue queue = Queue(limit: 100_000);
        int inside = 0;
        int count = 0;
        bool overlapped = false;
        async Task<int> Turn()
        {
            overlapped |= Interlocked.Increment(ref inside) != 1;
            await Task.Yield();
            ++count;
            Interlocked.Decrement(ref inside);
            return count;
        }

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 200; ++i)
            {
                await queue.RunAsync(Turn);
            }
        }))).Within();

        Assert.That(overlapped, Is.False);
        Assert.That(count, Is.EqualTo(10_000));
    }

    private RoomQueue Queue(int limit) => new(limit, Ended, _failures.Add);
}
