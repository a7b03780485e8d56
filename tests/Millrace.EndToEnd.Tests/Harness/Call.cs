using System.Diagnostics;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>Several participants in one room, and what a good call means for all of them.</summary>
internal sealed class Call
{
    /// <summary>The fake camera makes 30; whoever decodes this many sees a fluent picture.</summary>
    public const double FramesPerSecondAtLeast = 20;

    // Silence and comfort noise stay far below this in a window; the voice of the fake microphone makes a hundred times more.
    private const double EnergyAtLeast = 0.001;

    // A black picture is 0; the fake camera's is far above.
    private const double BrightnessAtLeast = 16;
    // The fake camera's pie and clock move over this many of the 3,072 points between two looks.
    private const double PointsChangedAtLeast = 8;

    // Encoders begin with a few hundred kilobits a second and need some seconds; builds may share the machine.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly List<Participant> _participants;

    private Call(List<Participant> participants) => _participants = participants;

    public IReadOnlyList<Participant> Participants => _participants;

    /// <summary>Lets everybody join by the form, one after the other.</summary>
    public static async Task<Call> JoinAsync(Browser browser, Uri address, params string[] names)
    {
        List<Participant> participants = [];
        foreach (string name in names)
        {
            Participant participant = await browser.OpenAsync(address, name);
            await participant.JoinAsync("mill");
            participants.Add(participant);
        }
        return new Call(participants);
    }

    /// <summary>A call of participants who have joined already.</summary>
    public static Call Of(params Participant[] participants) => new([.. participants]);

    public void Remove(Participant participant) => _participants.Remove(participant);

    /// <summary>Everybody has a tile of everybody, by name, and no other one.</summary>
    public async Task EverybodySeesEverybodyAsync()
    {
        foreach (Participant viewer in _participants)
        {
            await Waiting.UntilAsync(
                viewer.TilesAsync,
                tiles => tiles.Count == _participants.Count
                    && _participants.All(p => tiles.Any(t => t.ClientId == p.ClientId && t.Name.StartsWith(p.Name, StringComparison.Ordinal))),
                tiles => $"{viewer.Name}:\n{string.Join('\n', tiles)}");
        }
    }

    /// <summary>
    /// Waits until, in one and the same stretch of time, every page decodes fluent video of every other one and hears it, and
    /// then until every tile shows a moving picture. Prints the figures.
    /// </summary>
    public async Task FlowsAsync(string occasion)
    {
        Measured[] figures = await Waiting.UntilAsync(
            MeasureAsync, IsGood, all => string.Join('\n', all.Select(m => m.ToString())), Deadline, $"{occasion}: all media flows");
        foreach (Measured one in figures)
        {
            await TestContext.Out.WriteLineAsync($"{occasion}: {one}");
        }
        foreach (Participant viewer in _participants)
        {
            await ShowsMovingPicturesAsync(viewer);
        }
    }

    /// <summary>The consumers that exist now.</summary>
    public async Task<HashSet<string>> ConsumersAsync() =>
        [.. (await Task.WhenAll(_participants.Select(p => p.InboundAsync()))).SelectMany(all => all).Select(i => i.ConsumerId)];

    /// <summary>
    /// Waits until every page decodes video of every other one over consumers that did not exist before. Prints how long that took.
    /// </summary>
    public async Task ComesBackAsync(string occasion, HashSet<string> before)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await Waiting.UntilAsync(
            () => Task.WhenAll(_participants.Select(p => p.InboundAsync())),
            pages => _participants.Zip(pages).All(x => _participants.Where(p => p != x.First).All(source => x.Second.Any(i =>
                i.SourceId == source.ClientId && i.IsVideo && i.Frames > 0 && !before.Contains(i.ConsumerId)))),
            pages => string.Join('\n', pages.SelectMany(all => all)));
        await TestContext.Out.WriteLineAsync(FormattableString.Invariant($"{occasion}: pictures again after {watch.Elapsed.TotalSeconds:F1} s"));
    }

    private async Task<Measured[]> MeasureAsync()
    {
        IReadOnlyList<Flow>[] flows = await Task.WhenAll(_participants.Select(p => p.MeasureAsync()));
        return
        [
            .. _participants.Zip(flows).SelectMany(x => x.Second.Select(flow =>
                new Measured(x.First, _participants.FirstOrDefault(p => p.ClientId == flow.SourceId), flow))),
        ];
    }

    private bool IsGood(Measured[] all) => _participants.All(viewer => _participants.Where(p => p != viewer).All(source =>
        all.Any(m => m.Viewer == viewer && m.Source == source && m.Flow.Kind == "video" && m.Flow.FramesPerSecond >= FramesPerSecondAtLeast)
        && all.Any(m => m.Viewer == viewer && m.Source == source && m.Flow.Kind == "audio" && m.Flow.Energy >= EnergyAtLeast)));

    private async Task ShowsMovingPicturesAsync(Participant viewer) =>
        await Waiting.UntilAsync(
            viewer.LookAsync,
            pictures => _participants.Where(p => p != viewer).All(source => pictures.Any(picture =>
                picture.SourceId == source.ClientId
                && picture.Brightness >= BrightnessAtLeast
                && picture.Changed >= PointsChangedAtLeast)),
            pictures => $"{viewer.Name}: {string.Join(", ", pictures)}");

    private sealed record Measured(Participant Viewer, Participant? Source, Flow Flow)
    {
        public override string ToString() => $"{Viewer.Name} receives of {Source?.Name ?? "a stranger"} {Flow.Kind}: {Flow}";
    }
}
