using NLog;

namespace Millrace.Server.Tests;

internal sealed class ServerLogTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public void ATextOfAClient_MakesNoLineOfItsOwn_AndDoesNotGrowWithoutEnd()
    {
        string[] lines = Logged(log =>
        {
            log.Info("Client {ClientId} is gone.", "a\r\n2026-01-01 INFO forged\u001b[31m\u202e\u0007");
            log.Info("Client {ClientId} is gone.", new string('x', 100_000));
        });

        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[0], Does.Contain(" INFO ").And.Contain("forged").And.Contain("is gone."));
        Assert.That(lines[0].Any(c => char.IsControl(c) || c == '\u202e'), Is.False);
        Assert.That(lines[1], Has.Length.LessThan(2000));
    }

    [Test]
    public void AnException_StaysInOneLine()
    {
        string[] lines = Logged(log => log.Error(new InvalidOperationException("first\nsecond"), "It failed."));

        Assert.That(lines, Has.Length.EqualTo(1));
        Assert.That(lines[0], Does.Contain("It failed.").And.Contain("InvalidOperationException").And.Contain("second"));
    }

    [Test]
    public void OthersAreHeard_WhenTheyWarn()
    {
        using LogFactory factory = new() { Configuration = ServerLog.Configure(_data.Path) };
        factory.GetLogger("Microsoft.AspNetCore.Hosting").Info("chatter");
        factory.GetLogger("Microsoft.AspNetCore.Hosting").Warn("trouble");
        factory.Shutdown();

        string log = File.ReadAllText(Path.Combine(_data.Path, "log", "millrace.log"));
        Assert.That(log, Does.Contain("trouble").And.Not.Contain("chatter"));
    }

    private string[] Logged(Action<Logger> write)
    {
        using LogFactory factory = new() { Configuration = ServerLog.Configure(_data.Path) };
        write(factory.GetLogger("Millrace.Test"));
        factory.Shutdown();
        return File.ReadAllLines(Path.Combine(_data.Path, "log", "millrace.log"));
    }
}
