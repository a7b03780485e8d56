using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests;

/// <summary>People meet over the real page, the real server and the real worker.</summary>
public sealed class CallTests
{
    [Test]
    public async Task TwoPages_SeeAndHearEachOther()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();

        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");

        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("two pages");
    }

    [Test]
    public async Task FourPages_SeeAndHearEachOther_UntilOneLeaves()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();

        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben", "Cleo", "Dan");
        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("four pages");
        Participant leaver = call.Participants[3];
        await leaver.PressAsync("leave");
        call.Remove(leaver);

        foreach (Participant stayer in call.Participants)
        {
            await stayer.SeesNoTileAsync(leaver);
        }
        Assert.That(await leaver.StateAsync(), Is.EqualTo("idle"));
        await call.EverybodySeesEverybodyAsync();
        await call.FlowsAsync("three pages after one left");
    }

    [Test]
    public async Task Speaker_IsMarkedAtTheOthers()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");
        (Participant ada, Participant ben) = (call.Participants[0], call.Participants[1]);

        await ben.PressAsync("mute");

        await ada.SeesTileAsync(ada, tile => tile.Speaking, "she speaks");
        await ben.SeesTileAsync(ada, tile => tile.Speaking, "she speaks");
        await ada.SeesTileAsync(ben, tile => tile is { Speaking: false, AudioMuted: true }, "he is muted and silent");
    }

    [Test]
    public async Task Mute_ShowsAtTheOthersAndStopsTheSound()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");
        (Participant ada, Participant ben) = (call.Participants[0], call.Participants[1]);
        await call.FlowsAsync("before the mute");

        await ada.PressAsync("mute");

        await ada.SeesTileAsync(ada, tile => tile.AudioMuted, "she is muted");
        await ben.SeesTileAsync(ada, tile => tile is { AudioMuted: true, VideoMuted: false }, "she is muted");
        await FlowsAsync(ben, "audio", flow => flow.Packets == 0, "no sound arrives");
        await FlowsAsync(ben, "video", flow => flow.FramesPerSecond >= Call.FramesPerSecondAtLeast, "the picture goes on");
        await ada.PressAsync("mute");
        await ben.SeesTileAsync(ada, tile => !tile.AudioMuted, "she speaks again");
        await call.FlowsAsync("after the mute");
    }

    [Test]
    public async Task Latecomer_SeesWhoIsMuted()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        Participant ada = await browser.OpenAsync(server.Address, "Ada");
        await ada.JoinAsync("mill");
        await ada.PressAsync("mute");
        await ada.SeesTileAsync(ada, tile => tile.AudioMuted, "she is muted");

        Participant ben = await browser.OpenAsync(server.Address, "Ben");
        await ben.JoinAsync("mill");

        await Waiting.UntilAsync(
            ben.InboundAsync,
            now => now.Any(i => i.IsVideo && i.Frames > 0),
            now => string.Join('\n', now),
            condition: "her picture arrives");
        await ben.SeesTileAsync(ada, tile => tile is { AudioMuted: true, VideoMuted: false }, "she is muted");
        Assert.That((await ben.InboundAsync()).Where(i => !i.IsVideo).Sum(i => i.Packets), Is.Zero, "no sound has arrived");
    }

    [Test]
    public async Task Camera_GoesOffAndOnAgain()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        Call call = await Call.JoinAsync(browser, server.Address, "Ada", "Ben");
        (Participant ada, Participant ben) = (call.Participants[0], call.Participants[1]);
        await call.FlowsAsync("with the camera");

        await ada.PressAsync("camera");

        await ben.SeesTileAsync(ada, tile => tile is { VideoMuted: true, AudioMuted: false }, "her camera is off");
        await FlowsAsync(ben, "video", flow => flow.Frames == 0, "no picture arrives");
        await FlowsAsync(ben, "audio", flow => flow.Energy > 0, "the sound goes on");
        await ada.PressAsync("camera");
        await ben.SeesTileAsync(ada, tile => !tile.VideoMuted, "her camera is on");
        await call.FlowsAsync("with the camera again");
    }

    private static Task<Flow> FlowsAsync(Participant viewer, string kind, Predicate<Flow> satisfies, string condition) =>
        Waiting.UntilAsync(
            async () => (await viewer.MeasureAsync()).Single(flow => flow.Kind == kind),
            satisfies,
            flow => flow.ToString(),
            condition: condition);
}
