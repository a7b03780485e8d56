using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>What breaks in the middle of a call comes back by itself: nobody touches the pages.</summary>
public sealed class RecoveryTests
{
    [Test]
    public async Task KilledWorker_IsReplacedAndTheCallComesBack()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben", "Cleo");
        await call.FlowsAsync("before the worker died");
        int before = server.WorkerIds().Single();
        HashSet<string> consumers = await call.ConsumersAsync();

        server.KillWorker();

        await call.ComesBackAsync("after the worker died", consumers);
        await Waiting.UntilAsync(
            () => Task.FromResult(server.WorkerIds()), ids => ids.Length == 1 && ids[0] != before, ids => string.Join(' ', ids));
        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("after the worker died");
    }

    [Test]
    public async Task KilledWorker_LeavesTheMutedMuted()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");
        (Participant ada, Participant ben) = (call.Participants[0], call.Participants[1]);
        await ada.PressAsync("mute");
        await ben.SeesTileAsync(ada, tile => tile is { AudioMuted: true, VideoMuted: false }, "she is muted");
        HashSet<string> consumers = await call.ConsumersAsync();

        server.KillWorker();

        await call.ComesBackAsync("after the worker died", consumers);
        await ada.SeesTileAsync(ada, tile => tile.AudioMuted, "she is still muted");
        await ben.SeesTileAsync(ada, tile => tile is { AudioMuted: true, VideoMuted: false }, "she is still muted");
    }

    [Test]
    public async Task CutConnection_IsMadeAnewByThePage()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await using Relay relay = Relay.To(server.Address);
        Participant ada = await browser.OpenAsync(relay.Address, "Ada");
        await ada.JoinAsync("mill");
        Participant ben = await browser.OpenAsync(server.Address, "Ben");
        await ben.JoinAsync("mill");
        Call call = Call.Of(ada, ben);
        await call.FlowsAsync("before the cut");
        HashSet<string> consumers = await call.ConsumersAsync();

        relay.Refuse();
        relay.Cut();

        await Waiting.UntilAsync(ada.StateAsync, state => state == "reconnecting", state => state);
        await ben.SeesNoTileAsync(ada);
        relay.Accept();
        await call.ComesBackAsync("after the line was whole again", consumers);
        await ada.JoinedAsync();
        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("after the cut");
    }

    [Test]
    public async Task ConnectionCutWhileItComesBack_ComesBackAllTheSame()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await using Relay relay = Relay.To(server.Address);
        Participant ada = await browser.OpenAsync(relay.Address, "Ada");
        await ada.JoinAsync("mill");
        Participant ben = await browser.OpenAsync(server.Address, "Ben");
        await ben.JoinAsync("mill");

        relay.Cut();
        for (int i = 0; i < 3; ++i)
        {
            // The page registers, enters and connects over it just now.
            await Waiting.UntilAsync(() => Task.FromResult(relay.Carried), bytes => bytes > 500 + (i * 500), bytes => $"{bytes}");
            relay.Cut();
        }

        await ada.JoinedAsync();
        Call call = Call.Of(ada, ben);
        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("after several cuts");
        Assert.That(await ada.StateAsync(), Is.EqualTo("joined"));
    }

    [Test]
    public async Task LeavingWhileTheConnectionComesBack_IsFinal()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await using Relay relay = Relay.To(server.Address);
        Participant ada = await browser.OpenAsync(relay.Address, "Ada");
        await ada.JoinAsync("mill");
        Participant ben = await browser.OpenAsync(server.Address, "Ben");
        await ben.JoinAsync("mill");
        relay.Refuse();
        relay.Cut();
        await Waiting.UntilAsync(ada.StateAsync, state => state == "reconnecting", state => state);

        await ada.PressAsync("leave");
        relay.Accept();

        await ben.SeesNoTileAsync(ada);
        await ada.JoinAsync("mill");
        await ben.SeesTileAsync(ada, tile => !tile.VideoMuted, "she is back because she joined");
        await Call.Of(ada, ben).FlowsAsync("after joining again");
    }
}
