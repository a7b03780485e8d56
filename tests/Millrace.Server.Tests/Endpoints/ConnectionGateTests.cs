using System.Net;
using Millrace.Server.Endpoints;

namespace Millrace.Server.Tests.Endpoints;

internal sealed class ConnectionGateTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");

    [Test]
    public void AnAddress_HasItsShare_AndWhatIsGivenBackCanBeTakenAgain()
    {
        ConnectionGate gate = new(limit: 10, limitPerAddress: 2);

        bool[] entered = [gate.TryEnter(One), gate.TryEnter(One), gate.TryEnter(One), gate.TryEnter(Two)];
        gate.Leave(One);

        Assert.That(entered, Is.EqualTo(new[] { true, true, false, true }));
        Assert.That(gate.TryEnter(One), Is.True);
        Assert.That(gate.TryEnter(One), Is.False);
    }

    [Test]
    public void AllTogether_HaveTheirLimit_AndARefusalTakesNoPlace()
    {
        ConnectionGate gate = new(limit: 2, limitPerAddress: 2);
        gate.TryEnter(One);
        gate.TryEnter(One);

        Assert.That(gate.TryEnter(One), Is.False);
        Assert.That(gate.TryEnter(Two), Is.False);
        gate.Leave(One);
        Assert.That(gate.TryEnter(Two), Is.True);
    }
}
