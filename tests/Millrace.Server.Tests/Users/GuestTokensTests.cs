using Millrace.Server.Users;
using Millrace.Testing;

namespace Millrace.Server.Tests.Users;

internal sealed class GuestTokensTests
{
    private readonly ManualTime _time = new();
    private readonly GuestTokens _tokens;

    public GuestTokensTests() => _tokens = new GuestTokens(_time);

    [Test]
    public void EveryGuest_IsSomebodyElse()
    {
        string? one = _tokens.Verify(_tokens.Issue());
        string? two = _tokens.Verify(_tokens.Issue());

        Assert.That(one, Is.Not.Null.And.Length.EqualTo(32));
        Assert.That(two, Is.Not.Null.And.Not.EqualTo(one));
    }

    [Test]
    public void AToken_LivesForAnHour()
    {
        string token = _tokens.Issue();

        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(_tokens.Verify(token), Is.Not.Null);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_tokens.Verify(token), Is.Null);
    }

    [Test]
    public void AChangedToken_IsNone()
    {
        string[] parts = _tokens.Issue().Split('.');
        string[][] changed =
        [
            [parts[0], "99999999999", parts[2], parts[3]],
            [parts[0], parts[1], new string('0', 32), parts[3]],
            [parts[0], parts[1], parts[2], parts[3][..^1] + (parts[3][^1] == 'A' ? 'B' : 'A')],
            [parts[0], parts[1], parts[2], string.Empty],
            ["g2", parts[1], parts[2], parts[3]],
            [parts[0], "-1", parts[2], parts[3]],
            [parts[0], parts[1], parts[2]],
            [.. parts, "more"],
        ];

        Assert.That(changed.Select(c => _tokens.Verify(string.Join('.', c))), Is.All.Null);
        Assert.That(_tokens.Verify(new string('.', 100_000)), Is.Null);
        Assert.That(_tokens.Verify("g1.1.é.é"), Is.Null);
    }

    [Test]
    public void ATokenOfAnotherStart_IsNone() => Assert.That(_tokens.Verify(new GuestTokens(_time).Issue()), Is.Null);
}
