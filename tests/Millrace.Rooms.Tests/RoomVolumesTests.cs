using Millrace.Controller;

namespace Millrace.Rooms.Tests;

/// <summary>What several routers hear becomes one list.</summary>
internal sealed class RoomVolumesTests
{
    private readonly RoomVolumes _volumes = new();
    private readonly RoomRouter _first = new(null!, null!, null!);
    private readonly RoomRouter _second = new(null!, null!, null!);

    [Test]
    public void OneRouter_IsToldAtOnce_EachTime()
    {
        Assert.That(_volumes.Tell(_first, [new("a", -20)]), Is.EqualTo(new[] { new AudioLevel("a", -20) }));
        Assert.That(_volumes.Tell(_first, [new("b", -30)]), Is.EqualTo(new[] { new AudioLevel("b", -30) }));
        Assert.That(_volumes.Tell(_first, []), Is.Empty);
    }

    [Test]
    public void TwoRouters_AreToldTogether_TheLoudestFirst_OnceAnInterval()
    {
        _volumes.Tell(_first, [new("a", -40)]);

        IReadOnlyList<AudioLevel>? early = _volumes.Tell(_second, [new("b", -10), new("c", -50)]);
        IReadOnlyList<AudioLevel>? whole = _volumes.Tell(_first, [new("a", -40)]);

        Assert.That(early, Is.Null, "the first router still hears somebody and has not told yet");
        Assert.That(whole!.Select(level => level.ProducerId), Is.EqualTo(new[] { "b", "a", "c" }));
    }

    [Test]
    public void ASilentRouter_IsNotWaitedFor()
    {
        _volumes.Tell(_first, [new("a", -40)]);
        _volumes.Tell(_second, []);
        _volumes.Tell(_first, []);

        Assert.That(_volumes.Tell(_second, [new("b", -10)])!.Single().ProducerId, Is.EqualTo("b"));
    }

    [Test]
    public void ARouterThatIsNoMore_IsNotWaitedFor_AndNotHeard()
    {
        _volumes.Tell(_first, [new("a", -40)]);

        _volumes.Forget(_first);

        Assert.That(_volumes.Tell(_second, [new("b", -10)])!.Single().ProducerId, Is.EqualTo("b"));
    }
}
