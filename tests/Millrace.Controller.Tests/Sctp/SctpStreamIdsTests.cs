using Millrace.Controller.Sctp;

namespace Millrace.Controller.Tests.Sctp;

[Parallelizable]
internal sealed class SctpStreamIdsTests
{
    [Test]
    public void FreedId_IsUsedAgainAsLateAsPossible()
    {
        SctpStreamIds ids = new(first: 0, step: 1);
        int[] taken = [ids.Take(4), ids.Take(4), ids.Take(4)];
        ids.Free(0);
        ids.Free(1);

        Assert.That(taken, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(new[] { ids.Take(4), ids.Take(4), ids.Take(4) }, Is.EqualTo(new[] { 3, 0, 1 }));
    }

    [Test]
    public void IdsThatThePeerSendsOn_AreLeftOut()
    {
        SctpStreamIds ids = new(first: 0, step: 1);
        ids.AddReceived(0);
        ids.AddReceived(2);

        int[] taken = [ids.Take(4), ids.Take(4)];
        ids.RemoveReceived(2);

        Assert.That(taken, Is.EqualTo(new[] { 1, 3 }));
        Assert.That(ids.Take(4), Is.EqualTo(2));
    }

    [Test]
    public void OddEnd_TakesOddIds()
    {
        SctpStreamIds ids = new(first: 1, step: 2);

        Assert.That(new[] { ids.Take(6), ids.Take(6), ids.Take(6) }, Is.EqualTo(new[] { 1, 3, 5 }));
        Assert.That(() => ids.Take(6), Throws.InvalidOperationException);
        ids.Free(3);
        Assert.That(ids.Take(6), Is.EqualTo(3));
    }

    [Test]
    public void TheReservedId_IsNeverTaken()
    {
        SctpStreamIds ids = new(first: 0, step: 1);

        int last = Enumerable.Range(0, 65_535).Select(_ => ids.Take(65_536)).ToArray()[^1];

        Assert.That(last, Is.EqualTo(65_534));
        Assert.That(() => ids.Take(65_536), Throws.InvalidOperationException);
    }

    [Test]
    public void FewerStreamsThanBefore_StartOver()
    {
        SctpStreamIds ids = new(first: 0, step: 1);
        for (int i = 0; i < 10; i++)
        {
            ids.Free(ids.Take(100));
        }

        Assert.That(ids.Take(4), Is.Zero);
    }

    [Test]
    public void ManyTakers_GetDifferentIds()
    {
        SctpStreamIds ids = new(first: 0, step: 1);
        int[] taken = new int[1000];

        Parallel.For(0, taken.Length, i => taken[i] = ids.Take(1000));

        Assert.That(taken, Is.Unique);
    }
}
