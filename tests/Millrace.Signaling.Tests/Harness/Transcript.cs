using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Millrace.Signaling.Tests.Harness;

/// <summary>
/// Plays a conversation that is written down, one step a line (a line that begins with a blank continues the one before):
/// <code>
/// A connect [ADDRESS]        A opens a connection
/// A register NAME [TYPE]     the same, and registers, and reads the answer and client::config
/// A> TEXT                    A sends this very text; "$name" in it is replaced
/// A> #7 SIGNAL {body}        A sends a message with this id
/// A&lt; {json}                  the next message that A gets
/// A&lt; #7 SIGNAL {body}        the same for a message of success; # alone is any id, no body means that it is absent
/// A&lt; #7 !9999 "text"         the same for platform::error
/// A = [ROOM]                 nothing waits for A, also not after the turns that wait for the room
/// A x CODE REASON            the server closes A's connection
/// A close | A vanish         A ends the connection, or is gone
/// time SECONDS               the clock goes on
/// include FILE               steps of a part
/// %NAME                      within a line: the text of parts/NAME.json
/// </code>
/// </summary>
internal sealed partial class Transcript(SignalServer server)
{
    private readonly Dictionary<string, SignalClient> _clients = [];
    private readonly Bindings _bindings = new();
    private long _fence = 900_000;

    /// <summary>The folder of all transcripts.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Transcripts");

    public async Task PlayAsync(string file)
    {
        int number = 0;
        foreach ((int line, string step) in Steps(file))
        {
            number = line;
            try
            {
                await StepAsync(PartName().Replace(step, part => ReadPart(part.Groups[1].Value)));
            }
            catch (Exception exception)
            {
                throw new AssertionException($"{file}:{number}: {step}\n{exception.Message}", exception);
            }
        }
    }

    private async Task StepAsync(string step)
    {
        if (step.StartsWith("include ", StringComparison.Ordinal))
        {
            await PlayAsync(step["include ".Length..]);
        }
        else if (step.StartsWith("time ", StringComparison.Ordinal))
        {
            server.Time.Advance(TimeSpan.FromSeconds(double.Parse(step["time ".Length..], CultureInfo.InvariantCulture)));
        }
        else if (Step().Match(step) is { Success: true } match)
        {
            await ClientStepAsync(match.Groups["who"].Value, match.Groups["what"].Value, match.Groups["rest"].Value.Trim());
        }
        else
        {
            throw new FormatException("no step begins like this");
        }
    }

    private async Task ClientStepAsync(string who, string what, string rest)
    {
        string[] words = rest.Split(' ', 2);
        switch (what)
        {
            case "connect":
                _clients[who] = rest.Length == 0 ? server.Connect() : server.Connect(rest);
                break;
            case "register":
                _clients[who] = await server.RegisterAsync(words[0], words.Length > 1 ? words[1] : "WEB");
                break;
            case ">":
                await _clients[who].SendAsync(_bindings.Fill(rest.StartsWith('#') ? Message(rest) : rest));
                break;
            case "<":
                await ExpectAsync(_clients[who], rest.StartsWith('#') ? Answer(rest) : JsonNode.Parse(rest)!);
                break;
            case "=":
                await ExpectNothingAsync(_clients[who], rest);
                break;
            case "x":
                Assert.That(await _clients[who].ExpectCloseAsync(), Is.EqualTo((int.Parse(words[0], CultureInfo.InvariantCulture), words.Length > 1 ? words[1] : string.Empty)));
                break;
            case "close":
                await _clients[who].CloseAsync();
                break;
            case "vanish":
                await _clients[who].VanishAsync();
                break;
            default:
                throw new FormatException($"{what} is no step");
        }
    }

    private async Task ExpectAsync(SignalClient client, JsonNode expected)
    {
        JsonObject actual = await client.ReceiveAsync()
            ?? throw new AssertionException($"the server closed: {client.Socket.CloseStatus} {client.Socket.CloseStatusDescription}");
        if (_bindings.Compare(expected, actual) is { } difference)
        {
            throw new AssertionException($"{difference}\nthis came: {actual.ToJsonString(JsonText.Plain)}");
        }
    }

    private async Task ExpectNothingAsync(SignalClient client, string room)
    {
        long id = ++_fence;
        string signal = room.Length == 0 ? "client::heartbeat" : "room::status";
        await client.SendAsync(id, signal, new JsonObject { ["roomId"] = JsonNode.Parse(_bindings.Fill($"\"{room}\"")) });
        JsonObject next = await client.ExpectAsync(signal);
        Assert.That((long)next["header"]!["id"]!, Is.EqualTo(id));
    }

    // #7 SIGNAL {body}
    private string Message(string text)
    {
        string[] words = text.Split(' ', 3);
        string id = words[0][1..];
        string number = id.StartsWith('$') ? _bindings.Value(id[1..]) : id;
        return $$"""{"header":{"v":"1.0.0","id":{{number}},"signal":"{{words[1]}}"},"body":{{(words.Length > 2 ? words[2] : "{}")}}}""";
    }

    // #7 SIGNAL {body}    #7 !9999 "text"
    private static JsonObject Answer(string text)
    {
        string[] words = text.Split(' ', 3);
        string id = words[0][1..];
        bool refused = words[1].StartsWith('!');
        JsonObject answer = new()
        {
            ["code"] = refused ? words[1][1..] : "0000",
            ["message"] = refused ? JsonNode.Parse(words[2]) : "成功",
            ["header"] = new JsonObject
            {
                ["v"] = "1.0.0",
                ["id"] = id.Length == 0 ? "*" : id.StartsWith('$') ? id : JsonNode.Parse(id),
                ["signal"] = refused ? "platform::error" : words[1],
            },
        };
        if (refused || words.Length > 2)
        {
            answer["body"] = refused ? new JsonObject() : JsonNode.Parse(words[2]);
        }
        return answer;
    }

    private static IEnumerable<(int Line, string Step)> Steps(string file)
    {
        string? step = null;
        int start = 0;
        int number = 0;
        foreach (string line in File.ReadAllLines(Path.Combine(Folder, file)))
        {
            ++number;
            if (line.StartsWith(' '))
            {
                step += " " + line.Trim();
                continue;
            }
            if (step is not null)
            {
                yield return (start, step);
            }
            step = line.Length == 0 || line.StartsWith('#') ? null : line;
            start = number;
        }
        if (step is not null)
        {
            yield return (start, step);
        }
    }

    private static string ReadPart(string name) =>
        File.ReadAllText(Path.Combine(Folder, "parts", name + ".json")).ReplaceLineEndings(" ").Trim();

    [GeneratedRegex(@"^(?<who>[A-Z])\s*(?<what>connect|register|close|vanish|>|<|=|x)(?<rest>.*)$", RegexOptions.Singleline)]
    private static partial Regex Step();

    [GeneratedRegex("%([a-z0-9]+)")]
    private static partial Regex PartName();
}
