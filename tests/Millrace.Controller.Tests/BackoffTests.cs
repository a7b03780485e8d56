namespace Millrace.Controller.Tests;

[Parallelizable]
internal sealed class BackoffTests
{
    [Test]
    public void Waits_GrowToTheirMost_AndAGoodLifeEndsIt()
    {
        Backoff backoff = new();

        double[] waits = [.. Enumerable.Range(0, 12).Select(_ => backoff.Next().TotalSeconds)];
        backoff.Lived(TimeSpan.FromSeconds(9));
        double afterAShortLife = backoff.Next().TotalSeconds;
        backoff.Lived(TimeSpan.FromSeconds(10));

        Assert.That(waits, Is.EqualTo(new[] { 0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30 }).Within(1e-9));
        Assert.That(afterAShortLife, Is.EqualTo(30));
        Assert.That(backoff.Next(), Is.EqualTo(TimeSpan.Zero));
    }
}
