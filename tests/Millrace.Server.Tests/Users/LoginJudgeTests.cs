using System.Net;
using Millrace.Server.Users;
using Millrace.Signaling.Core;
using Millrace.Testing;

namespace Millrace.Server.Tests.Users;

[CancelAfter(60_000)]
internal sealed class LoginJudgeTests : IDisposable
{
    private static readonly LoginResult Wrong = new(null);
    private static readonly LoginResult Throttled = new(null, Throttled: true);

    private readonly ManualTime _time = new();
    private readonly GuestTokens _guests;
    private readonly LoginJudge _judge;

    public LoginJudgeTests()
    {
        _guests = new GuestTokens(_time);
        _judge = new LoginJudge(UserStore.Load(["alice:correct horse"], "unused", _ => { }), _guests, _time);
    }

    public void Dispose() => _judge.Dispose();

    [Test]
    public async Task TheRightPassword_IsThePersons_AndNoOther()
    {
        Assert.That(await JudgeAsync("alice", "correct horse"), Is.EqualTo(new LoginResult(new Principal("alice"))));
        Assert.That(await JudgeAsync("alice", "correct horse "), Is.EqualTo(Wrong));
        Assert.That(await JudgeAsync("bob", "correct horse"), Is.EqualTo(Wrong));
        Assert.That(await JudgeAsync("alice\0correct", "horse"), Is.EqualTo(Wrong));
        Assert.That(await JudgeAsync("alice", new string('x', 1025)), Is.EqualTo(Wrong));
    }

    [Test]
    public async Task AfterFiveWrongOnes_AnAddressWaits_UntilTheMinuteIsOver()
    {
        for (int i = 0; i < 5; ++i)
        {
            Assert.That(await JudgeAsync(i % 2 == 0 ? "alice" : "nobody", $"wrong {i}"), Is.EqualTo(Wrong));
        }

        Assert.That(await JudgeAsync("alice", "wrong"), Is.EqualTo(Throttled));
        Assert.That(await JudgeAsync("alice", "correct horse"), Is.EqualTo(Throttled), "guessing right must not be faster");
        Assert.That(await JudgeAsync("alice", "correct horse", "192.0.2.2"), Is.Not.EqualTo(Throttled), "others do not wait");
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(await JudgeAsync("alice", "wrong"), Is.EqualTo(Wrong));
    }

    [Test]
    public async Task ALoginThatWasRightOnce_IsRememberedAndNeverWaits()
    {
        await JudgeAsync("alice", "correct horse");
        for (int i = 0; i < 5; ++i)
        {
            await JudgeAsync("alice", "wrong");
        }

        LoginResult[] again = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => JudgeAsync("alice", "correct horse")));

        Assert.That(again, Is.All.EqualTo(new LoginResult(new Principal("alice"))));
    }

    [Test]
    public async Task AGuest_IsItsOwnPerson()
    {
        string token = _guests.Issue();

        LoginResult one = await JudgeAsync("guest", token);
        LoginResult again = await JudgeAsync("guest", token);
        LoginResult other = await JudgeAsync("guest", _guests.Issue());

        Assert.That(one.Principal!.Name, Does.StartWith("guest:"));
        Assert.That(again, Is.EqualTo(one));
        Assert.That(other.Principal, Is.Not.Null.And.Not.EqualTo(one.Principal));
        Assert.That(await JudgeAsync("guest", "g1.1.2.3"), Is.EqualTo(Wrong));
        Assert.That(await JudgeAsync("alice", token), Is.EqualTo(Wrong));
    }

    [Test]
    public async Task WhenTooManyWait_TheRestIsTurnedAwayAtOnce()
    {
        using LoginJudge judge = new(UserStore.Load(["alice:correct horse"], "unused", _ => { }), _guests, _time, waitingAtMost: 2);

        Task<LoginResult>[] logins =
            [.. Enumerable.Range(0, 5).Select(i => judge.JudgeAsync(new Login("nobody", $"wrong {i}", IPAddress.Parse($"198.51.100.{i}"))))];

        LoginResult[] results = await Task.WhenAll(logins);
        Assert.That(results.Count(r => r == Throttled), Is.InRange(1, 3));
        Assert.That(results[0], Is.EqualTo(Wrong));
    }

    private Task<LoginResult> JudgeAsync(string name, string password, string address = "192.0.2.1") =>
        _judge.JudgeAsync(new Login(name, password, IPAddress.Parse(address)));
}
