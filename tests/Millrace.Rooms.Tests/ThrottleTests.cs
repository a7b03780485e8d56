using Millrace.Testing;

namespace Millrace.Rooms.Tests;

internal sealed class ThrottleTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _told = [];
    private readonly Throttle _throttle;

    public ThrottleTests() => _throttle = new Throttle(_time, TimeSpan.FromSeconds(1), turn => turn());

    [Test]
    public void TheFirst_IsToldAtOnce_AndOfTheRestTheLast_WhenTheIntervalIsOver()
    {
        Tell("a", "10");
        Tell("a", "7");
        Tell("a", "3");
        Assert.That(_told, Is.EqualTo(new[] { "10" }));

        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(_told, Is.EqualTo(new[] { "10" }));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.That(_told, Is.EqualTo(new[] { "10", "3" }));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(_told, Has.Count.EqualTo(2));
    }

    [Test]
    public void AfterTheInterval_ItIsToldAtOnceAgain()
    {
        Tell("a", "1");
        _time.Advance(TimeSpan.FromSeconds(1));
        Tell("a", "2");

        Assert.That(_told, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void Objects_DoNotStandInEachOthersWay()
    {
        Tell("a", "a");
        Tell("b", "b");

        Assert.That(_told, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void WhatIsForgotten_IsToldNoMore()
    {
        Tell("a", "1");
        Tell("a", "2");
        _throttle.Forget("a");
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.That(_told, Is.EqualTo(new[] { "1" }));
    }

    private void Tell(string key, string what) => _throttle.Tell(key, () => _told.Add(what));
}
