using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Playwright;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>Somebody with the page open: does what a person does, and tells what the page shows and receives.</summary>
internal sealed class Participant
{
    // Long enough for steady figures, short enough to be asked several times.
    private const double WindowSeconds = 3;

    private readonly IPage _page;
    private readonly StringBuilder _console = new();

    public Participant(IPage page, string name)
    {
        _page = page;
        Name = name;
        page.Console += (_, message) => Note($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note($"uncaught: {error}");
    }

    /// <summary>The script that every page gets: <c>window.probe</c>.</summary>
    public static string Probe { get; } = ReadProbe();

    public string Name { get; }

    /// <summary>The client's id in the protocol; known once the page is open.</summary>
    public string ClientId { get; private set; } = string.Empty;

    public string Console
    {
        get
        {
            lock (_console)
            {
                return _console.ToString();
            }
        }
    }

    public async Task OpenAsync(Uri address)
    {
        await _page.GotoAsync(address.ToString());
        await _page.GetByTestId("join").WaitForAsync();
        ClientId = await _page.EvaluateAsync<string>("probe.clientId()");
    }

    /// <summary>Fills in the form and joins, once camera and microphone are open.</summary>
    public async Task JoinAsync(string room)
    {
        await Waiting.UntilAsync(
            () => _page.EvaluateAsync<bool>("document.querySelector('[data-testid=preview]')?.srcObject?.getTracks().length === 2"),
            $"{Name} has a camera and a microphone");
        await _page.Locator("input[name=name]").FillAsync(Name);
        await _page.Locator("input[name=room]").FillAsync(room);
        await _page.GetByTestId("join").ClickAsync();
        await JoinedAsync();
    }

    /// <summary>Waits until the page says that it is in the call.</summary>
    public Task JoinedAsync() =>
        Waiting.UntilAsync(StateAsync, state => state == "joined", state => $"{Name} is {state}\n{Console}");

    public Task<string> StateAsync() => _page.EvaluateAsync<string>("probe.state()");

    public Task PressAsync(string testId) => _page.GetByTestId(testId).ClickAsync();

    public async Task<IReadOnlyList<TileView>> TilesAsync() => await AskAsync("probe.tiles()", ProbeJson.Default.TileViewArray);

    public async Task<IReadOnlyList<Inbound>> InboundAsync() => await AskAsync("probe.inbound()", ProbeJson.Default.InboundArray);

    public async Task<IReadOnlyList<Picture>> LookAsync() => await AskAsync("probe.look()", ProbeJson.Default.PictureArray);

    /// <summary>What the page sends and the states of its transports, in words.</summary>
    public Task<string> OutboundAsync() => _page.EvaluateAsync<string>("probe.outbound()");

    /// <summary>The protocol that carries what the page receives: udp or tcp.</summary>
    public Task<string> ProtocolAsync() => _page.EvaluateAsync<string>("probe.protocol()");

    /// <summary>Waits for a tile of somebody that satisfies.</summary>
    public Task<IReadOnlyList<TileView>> SeesTileAsync(Participant other, Predicate<TileView> satisfies, string condition) =>
        Waiting.UntilAsync(
            TilesAsync,
            tiles => tiles.Any(t => t.ClientId == other.ClientId && satisfies(t)),
            tiles => string.Join('\n', tiles),
            condition: $"{Name} sees {other.Name}: {condition}");

    /// <summary>Waits until there is no tile of somebody any more.</summary>
    public Task<IReadOnlyList<TileView>> SeesNoTileAsync(Participant other) =>
        Waiting.UntilAsync(
            TilesAsync, tiles => tiles.All(t => t.ClientId != other.ClientId), tiles => string.Join('\n', tiles));

    /// <summary>What flows of every consumer during the next seconds, by the clock of the browser's statistics.</summary>
    public async Task<IReadOnlyList<Flow>> MeasureAsync(double seconds = WindowSeconds)
    {
        IReadOnlyList<Inbound> before = await InboundAsync();
        IReadOnlyList<Inbound> after = await Waiting.UntilAsync(
            InboundAsync,
            now => before.Count == 0 || now.Count == 0 || now[0].Time - before[0].Time >= seconds * 1000,
            now => $"{now.Count} consumers");
        return
        [
            .. after.Join(before, a => a.ConsumerId, b => b.ConsumerId, (a, b) => Flow.Between(b, a))
                .Where(flow => flow.Seconds > 0),
        ];
    }

    private async Task<T> AskAsync<T>(string question, JsonTypeInfo<T> shape) =>
        (await _page.EvaluateAsync<JsonElement>(question)).Deserialize(shape)!;

    private static string ReadProbe()
    {
        using Stream stream = typeof(Participant).Assembly.GetManifestResourceStream("probe.js")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    private void Note(string line)
    {
        lock (_console)
        {
            _console.AppendLine(line);
        }
    }
}
