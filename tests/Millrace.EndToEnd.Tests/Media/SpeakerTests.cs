using System.Collections.Concurrent;
using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>What observers tell of two browsers that send tones.</summary>
public sealed class SpeakerTests
{
    // A sine of amplitude a has an RMS of a/sqrt(2): -9 and -29 dBov.
    private const double Loud = 0.5;
    private const double Quiet = 0.05;
    private const int LoudDecibels = -9;
    private const int QuietDecibels = -29;
    private const int DecibelsTolerance = 3;

    [Test]
    public async Task AudioLevels_TellTheLoudestFirst_UntilAllAreSilent()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben");
        ConcurrentQueue<IReadOnlyList<AudioLevel>> told = [];
        int silences = 0;
        AudioLevelObserver observer = await studio.Router.CreateAudioLevelObserverAsync(
            new AudioLevelObserverOptions { MaxEntries = 2, Threshold = -60, Interval = 500 });
        observer.Volumes += told.Enqueue;
        observer.Silence += () => Interlocked.Increment(ref silences);
        Sent hers = await ada.SendAsync(new Tone(440, Loud));
        Sent his = await ben.SendAsync(new Tone(1250, Quiet));

        await observer.AddProducerAsync(hers.Producer);
        await observer.AddProducerAsync(his.Producer);

        await TellsAsync(told, [(hers, LoudDecibels), (his, QuietDecibels)]);
        await hers.SetLoudnessAsync(Quiet);
        await his.SetLoudnessAsync(Loud);
        await TellsAsync(told, [(his, LoudDecibels), (hers, QuietDecibels)]);
        await hers.SetLoudnessAsync(0);
        await TellsAsync(told, [(his, LoudDecibels)]);
        Assert.That(Volatile.Read(ref silences), Is.Zero, "somebody has been heard all the time");
        await his.SetLoudnessAsync(0);
        await Waiting.UntilAsync(() => Task.FromResult(Volatile.Read(ref silences) == 1), "silence is told once");
    }

    [Test]
    public async Task ActiveSpeaker_IsWhoeverSpeaks()
    {
        await using Studio studio = await Studio.StartAsync();
        Client ada = await studio.OpenAsync("Ada");
        Client ben = await studio.OpenAsync("Ben");
        ActiveSpeakerObserver observer =
            await studio.Router.CreateActiveSpeakerObserverAsync(new ActiveSpeakerObserverOptions { Interval = 300 });
        Sent hers = await ada.SendAsync(new Tone(440, Loud));
        Sent his = await ben.SendAsync(new Tone(1250, 0));

        await observer.AddProducerAsync(hers.Producer);
        await observer.AddProducerAsync(his.Producer);

        await SpeaksAsync(observer, hers);
        await hers.SetLoudnessAsync(0);
        await his.SetLoudnessAsync(Loud);
        await SpeaksAsync(observer, his);
        await his.SetLoudnessAsync(0);
        await hers.SetLoudnessAsync(Loud);
        await SpeaksAsync(observer, hers);
    }

    private static async Task SpeaksAsync(ActiveSpeakerObserver observer, Sent speaker) => await Waiting.UntilAsync(
        () => Task.FromResult(observer.DominantSpeakerId), id => id == speaker.Producer.Id, id => $"{id} speaks", condition: $"{speaker.Producer.Id} speaks");

    private static async Task TellsAsync(
        ConcurrentQueue<IReadOnlyList<AudioLevel>> told, IReadOnlyList<(Sent Sent, int Decibels)> wanted)
    {
        told.Clear();
        await Waiting.UntilAsync(
            () => Task.FromResult<IReadOnlyList<IReadOnlyList<AudioLevel>>>([.. told]),
            all => all.Any(levels => levels.Count == wanted.Count && levels.Zip(wanted).All(pair =>
                pair.First.ProducerId == pair.Second.Sent.Producer.Id
                && Math.Abs(pair.First.Volume - pair.Second.Decibels) <= DecibelsTolerance)),
            all => string.Join('\n', all.Select(levels => string.Join(", ", levels))),
            condition: string.Join(", ", wanted.Select(w => $"{w.Sent.Producer.Id} at {w.Decibels}")));
    }
}
