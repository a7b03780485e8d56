using Microsoft.Playwright;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>
/// One Chromium with a fake camera of 30 frames a second and a fake microphone that hears a <see cref="Voice"/>. Each participant gets a context of
/// its own: no two share storage.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";
    private const string EmptyPage = "<!doctype html><meta charset=utf-8><title>Millrace test</title>";

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
        IBrowserContext context = await NewContextAsync();
        await context.AddInitScriptAsync(Participant.Probe);
        Participant participant = new(await context.NewPageAsync(), name);
        _participants.Add(participant);
        await participant.OpenAsync(address);
        return participant;
    }

    /// <summary>Opens an empty page in a context of its own, at an address that browsers trust with media. No server is asked.</summary>
    public async Task<IPage> OpenEmptyAsync()
    {
        IBrowserContext context = await NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.RouteAsync("**/*", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = EmptyPage }));
        await page.GotoAsync("https://page.test/");
        return page;
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

    private async Task<IBrowserContext> NewContextAsync()
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = "en-GB",
            Permissions = ["camera", "microphone"],
            // The certificate that a server makes at first start is nobody's.
            IgnoreHTTPSErrors = true,
        });
        context.SetDefaultTimeout((float)Waiting.Deadline.TotalMilliseconds);
        return context;
    }
}
