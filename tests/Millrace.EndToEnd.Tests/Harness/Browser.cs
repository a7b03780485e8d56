using Microsoft.Playwright;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>
/// One Chromium with a fake camera of 30 frames a second and a fake microphone that hears a <see cref="Voice"/>. Each participant gets a context of
/// its own: no two share storage.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
        "--use-fake-device-for-media-stream=fps=30",
        "--use-fake-ui-for-media-stream",
        // Pages that are not in front would draw and play no more.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly string _voice;
    private readonly List<Participant> _participants = [];

    private Browser(IPlaywright playwright, IBrowser browser, string voice)
    {
        _playwright = playwright;
        _browser = browser;
        _voice = voice;
    }

    /// <summary>Makes WebRTC behave as behind a firewall that lets no UDP through.</summary>
    public const string WithoutUdp = "--webrtc-ip-handling-policy=disable_non_proxied_udp";

    public static async Task<Browser> StartAsync(params string[] more)
    {
        string voice = Path.Combine(Directory.CreateTempSubdirectory("millrace-e2e-").FullName, "voice.wav");
        Voice.Write(voice);
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = [.. Flags, .. more, $"--use-file-for-fake-audio-capture={voice}"],
        });
        return new Browser(playwright, browser, voice);
    }

    /// <summary>Opens the server's page in a context of its own.</summary>
    public async Task<Participant> OpenAsync(Uri address, string name)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = "en-GB",
            Permissions = ["camera", "microphone"],
            // The certificate that a server makes at first start is nobody's.
            IgnoreHTTPSErrors = true,
        });
        context.SetDefaultTimeout((float)Waiting.Deadline.TotalMilliseconds);
        await context.AddInitScriptAsync(Participant.Probe);
        Participant participant = new(await context.NewPageAsync(), name);
        _participants.Add(participant);
        await participant.OpenAsync(address);
        return participant;
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            foreach (Participant participant in _participants)
            {
                await TestContext.Out.WriteLineAsync($"--- page of {participant.Name}\n{participant.Console}");
            }
        }
        await _browser.DisposeAsync();
        _playwright.Dispose();
        Directory.Delete(Path.GetDirectoryName(_voice)!, recursive: true);
    }
}
