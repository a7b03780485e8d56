using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>What one controller said to its worker in a scenario, and what it heard; recorded by tests/node/record.mjs.</summary>
internal sealed class Transcript
{
    private Transcript(JsonNode root)
    {
        Inputs = root["inputs"]!.AsObject();
        Frames = [.. root["frames"]!.AsArray().Select(frame => frame!.AsObject())];
    }

    /// <summary>The frames in the order in which they were sent; "to" says in which direction.</summary>
    public IReadOnlyList<JsonObject> Frames { get; }

    /// <summary>The parameters of the calls, in the words of mediasoup-client.</summary>
    public JsonObject Inputs { get; }

    public static Transcript Load(string scenario) => new(JsonNode.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "Millrace.Controller.Tests", "data", "transcripts", $"{scenario}.json")))!);

    public static bool IsToWorker(JsonObject frame) => (string)frame["to"]! == "worker";

    public RouterOptions Router => new()
    {
        MediaCodecs = Inputs["router"].Deserialize(Json.Default.RtpCapabilities)!.Codecs,
    };

    public RtpParameters Rtp(string name) => Inputs[name].Deserialize(Json.Default.RtpParameters)!;
}
