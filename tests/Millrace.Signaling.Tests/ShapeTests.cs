using System.Text.Json.Nodes;
using Millrace.Signaling.Core;
using Millrace.Signaling.Taoyao;
using Millrace.Signaling.Tests.Harness;

namespace Millrace.Signaling.Tests;

/// <summary>Every field of every request with a value of every wrong type: refused, with the field's name, and without effect.</summary>
[CancelAfter(120_000)]
internal sealed class ShapeTests
{
    private const string Dtls = """{"role":"client","fingerprints":[{"algorithm":"sha-256","value":"AB"}]}""";

    private const string Capabilities = """
        {"codecs":[{"kind":"audio","mimeType":"audio/opus","preferredPayloadType":111,"clockRate":48000,"channels":2,
        "parameters":{"minptime":10},"rtcpFeedback":[{"type":"nack","parameter":""}]}],
        "headerExtensions":[{"kind":"audio","uri":"urn:ietf:params:rtp-hdrext:sdes:mid","preferredId":1,"preferredEncrypt":false,"direction":"sendrecv"}]}
        """;

    private const string Parameters = """
        {"mid":"0","codecs":[{"mimeType":"audio/opus","payloadType":111,"clockRate":48000,"channels":2,"parameters":{"minptime":10},
        "rtcpFeedback":[{"type":"nack","parameter":""}]}],"headerExtensions":[{"uri":"u","id":1,"encrypt":false,"parameters":{}}],
        "encodings":[{"ssrc":1,"rid":"r","codecPayloadType":111,"rtx":{"ssrc":2},"dtx":false,"scalabilityMode":"L1T1","maxBitrate":1000}],
        "rtcp":{"cname":"c","reducedSize":true}}
        """;

    // One whole body for every request, every member of it in use.
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["client::close"] = "{}",
        ["client::config"] = "{}",
        ["client::heartbeat"] = Report,
        ["client::list"] = """{"clientType":"WEB"}""",
        ["client::register"] = """{"username":"u","password":"p","clientId":"c","clientType":"WEB","name":"n",""" + Report[1..],
        ["client::status"] = """{"clientId":"alice"}""",
        ["media::consume"] = """
            {"roomId":"r","producerId":"p","clientId":"c","sourceId":"s","streamId":"t","consumerId":"d","kind":"audio","type":"simple",
            "producerPaused":false,"rtpParameters":
            """ + Parameters + "}",
        ["media::consumer::close"] = """{"roomId":"r","consumerId":"c"}""",
        ["media::consumer::pause"] = """{"roomId":"r","consumerId":"c"}""",
        ["media::consumer::request::key::frame"] = """{"roomId":"r","consumerId":"c"}""",
        ["media::consumer::resume"] = """{"roomId":"r","consumerId":"c"}""",
        ["media::ice::restart"] = """{"roomId":"r","transportId":"t"}""",
        ["media::produce"] = """{"roomId":"r","transportId":"t","kind":"audio","rtpParameters":""" + Parameters + "}",
        ["media::producer::close"] = """{"roomId":"r","producerId":"p","consumerId":"p"}""",
        ["media::producer::pause"] = """{"roomId":"r","producerId":"p","consumerId":"p"}""",
        ["media::producer::resume"] = """{"roomId":"r","producerId":"p","consumerId":"p"}""",
        ["media::router::rtp::capabilities"] = """{"roomId":"r"}""",
        ["media::transport::close"] = """{"roomId":"r","transportId":"t"}""",
        ["media::transport::webrtc::connect"] = """{"roomId":"r","transportId":"t","dtlsParameters":""" + Dtls + "}",
        ["media::transport::webrtc::create"] = """{"roomId":"r","forceTcp":false,"producing":true,"consuming":false}""",
        ["platform::error"] = "{}",
        ["room::client::list"] = """{"roomId":"r"}""",
        ["room::client::list::id"] = """{"roomId":"r","clientId":"c"}""",
        ["room::close"] = """{"roomId":"r"}""",
        ["room::create"] = """{"name":"n","password":"p","passowrd":"p","mediaClientId":"m"}""",
        ["room::enter"] = """{"roomId":"r","password":"p","passowrd":"p","subscribeType":"ALL","rtpCapabilities":""" + Capabilities + "}",
        ["room::leave"] = """{"roomId":"r"}""",
        ["room::list"] = "{}",
        ["room::status"] = """{"roomId":"r"}""",
    };

    private const string Report = """
        {"latitude":1.5,"longitude":2,"humidity":3,"temperature":4,"signal":5,"battery":6,"alarming":false,"charging":true,"clientRecording":false,
        "status":{"a":1},"config":{"b":2}}
        """;

    private static readonly string[] Anything = ["status.a", "config.b"];

    public static IEnumerable<string> Requests() =>
        TaoyaoSignals.Table.Where(row => row.Request is not null).Select(row => row.Name);

    [Test]
    public void EveryRequest_HasItsBodyHere() => Assert.That(Bodies.Keys, Is.EquivalentTo(Requests()));

    [TestCaseSource(nameof(Requests))]
    public async Task EveryField_OfEveryWrongType_IsRefusedByName(string signal)
    {
        await using SignalServer server = new(new ConnectionLimits { OffencesPerMinute = 1_000_000, MessageBurst = 1_000_000 });
        SignalClient alice = await server.RegisterAsync("alice");
        await alice.SendAsync(1, "client::status");
        string before = (await alice.ExpectAsync("client::status")).ToJsonString();
        List<string> wrong = [];
        int tried = 0;

        foreach ((string path, string member, JsonNode body) in WithWrongTypes(JsonNode.Parse(Bodies[signal])!.AsObject()))
        {
            ++tried;
            await alice.SendAsync(7, signal, body);
            JsonObject answer = (await alice.ReceiveAsync())!;
            string text = (string)answer["message"]!;
            if ((string)answer["code"]! != "1002" || !text.StartsWith($"数据格式错误：$.{member}", StringComparison.Ordinal))
            {
                wrong.Add($"{path}: {answer.ToJsonString(JsonText.Plain)}");
            }
        }
        await alice.SendAsync(1, "client::status");
        string after = (await alice.ExpectAsync("client::status")).ToJsonString();

        Assert.That(wrong, Is.Empty);
        Assert.That(after, Is.EqualTo(before));
        Assert.That(server.Rooms.Rooms, Is.Empty);
        Assert.That(server.Failures, Is.Empty);
        Assert.That(tried, Bodies[signal] == "{}" ? Is.Zero : Is.GreaterThanOrEqualTo(4));
    }

    [TestCaseSource(nameof(Requests))]
    public async Task ABodyThatIsNoObject_IsRefused(string signal)
    {
        await using SignalServer server = new();
        SignalClient alice = await server.RegisterAsync("alice");
        List<string> codes = [];

        foreach (string body in new[] { "[]", "\"text\"", "1", "true" })
        {
            await alice.SendAsync($$"""{"header":{"v":"1.0.0","id":7,"signal":"{{signal}}"},"body":{{body}}}""");
            codes.Add(await alice.ExpectErrorAsync(7));
        }

        Assert.That(codes, Is.All.EqualTo("1002"));
    }

    private static IEnumerable<(string Path, string Member, JsonNode Body)> WithWrongTypes(JsonObject body)
    {
        foreach (string[] path in Paths(body, []))
        {
            JsonNode at = At(body, path)!;
            string dotted = string.Join('.', path);
            if (Anything.Contains(dotted))
            {
                continue;
            }
            // A codec's parameter may be any scalar.
            bool scalar = path.Length > 1 && path[^2] == "parameters";
            foreach (JsonNode other in Others(at, scalar))
            {
                JsonNode copy = body.DeepClone();
                Set(copy, path, other);
                yield return ($"{dotted} = {other.ToJsonString()}", path[0], copy);
            }
        }
    }

    private static IEnumerable<JsonNode> Others(JsonNode value, bool scalar)
    {
        System.Text.Json.JsonValueKind kind = value.GetValueKind();
        bool boolean = kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False;
        if (!scalar && kind != System.Text.Json.JsonValueKind.String)
        {
            yield return JsonValue.Create("text");
        }
        if (!scalar && kind != System.Text.Json.JsonValueKind.Number)
        {
            yield return JsonValue.Create(12345);
        }
        if (!scalar && !boolean)
        {
            yield return JsonValue.Create(true);
        }
        if (kind != System.Text.Json.JsonValueKind.Object)
        {
            yield return new JsonObject();
        }
        if (kind != System.Text.Json.JsonValueKind.Array)
        {
            yield return new JsonArray();
        }
    }

    private static IEnumerable<string[]> Paths(JsonNode node, string[] path)
    {
        IEnumerable<(string Name, JsonNode? Value)> children = node switch
        {
            JsonObject o => o.Select(m => (m.Key, m.Value)),
            JsonArray a => a.Select((v, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), v)),
            _ => [],
        };
        foreach ((string name, JsonNode? value) in children)
        {
            string[] below = [.. path, name];
            yield return below;
            foreach (string[] deeper in Paths(value!, below))
            {
                yield return deeper;
            }
        }
    }

    private static JsonNode? At(JsonNode node, IEnumerable<string> path) => path.Aggregate(
        node, (at, name) => at is JsonArray a ? a[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : at[name]!);

    private static void Set(JsonNode node, string[] path, JsonNode value)
    {
        JsonNode parent = At(node, path[..^1])!;
        if (parent is JsonArray array)
        {
            array[int.Parse(path[^1], System.Globalization.CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            parent[path[^1]] = value;
        }
    }
}
