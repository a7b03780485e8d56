using Millrace.Signaling.Core;

namespace Millrace.Signaling.Taoyao;

/// <summary>The text of <c>docs/protocols/taoyao.md</c>.</summary>
internal static class TaoyaoPage
{
    /// <summary>Signals that clients send and that the server also sends of its own accord.</summary>
    public static IReadOnlySet<string> Pushed { get; } = new HashSet<string>
    {
        "client::close",
        "client::config",
        "media::consume",
        "media::consumer::close",
        "media::consumer::pause",
        "media::consumer::resume",
        "media::producer::close",
        "media::producer::pause",
        "media::producer::resume",
        "media::transport::close",
        "platform::error",
        "room::client::list",
        "room::close",
        "room::create",
        "room::enter",
        "room::leave",
    };

    /// <summary>What the worker is asked.</summary>
    public static IReadOnlyDictionary<string, string> WorkerMethods { get; } = new Dictionary<string, string>
    {
        ["media::consume"] = "TRANSPORT_CONSUME",
        ["media::consumer::close"] = "TRANSPORT_CLOSE_CONSUMER",
        ["media::consumer::pause"] = "CONSUMER_PAUSE",
        ["media::consumer::request::key::frame"] = "CONSUMER_REQUEST_KEY_FRAME",
        ["media::consumer::resume"] = "CONSUMER_RESUME",
        ["media::ice::restart"] = "TRANSPORT_RESTART_ICE",
        ["media::produce"] = "TRANSPORT_PRODUCE",
        ["media::producer::close"] = "TRANSPORT_CLOSE_PRODUCER",
        ["media::producer::pause"] = "PRODUCER_PAUSE",
        ["media::producer::resume"] = "PRODUCER_RESUME",
        ["media::transport::close"] = "ROUTER_CLOSE_TRANSPORT",
        ["media::transport::webrtc::connect"] = "WEBRTCTRANSPORT_CONNECT",
        ["media::transport::webrtc::create"] = "ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER",
        ["room::close"] = "WORKER_CLOSE_ROUTER",
        ["room::create"] = "WORKER_CREATE_ROUTER",
    };

    /// <summary>The page.</summary>
    public static string Markdown() => (Introduction + ProtocolPage.Print(TaoyaoSignals.Table, Pushed, WorkerMethods) + Codes())
        .ReplaceLineEndings("\n");

    private const string Introduction = """
        # Taoyao

        Printed from the server's own table of signals; the tests compare it (`MILLRACE_UPDATE_DOCS=1` and the tests of
        Millrace.Signaling write it anew).

        WebSocket at `/websocket.signal`, one JSON object in a text message. A request, and what the server sends:

            {"header":{"v":"1.0.0","id":2011444710003008,"signal":"room::enter"},"body":{…}}
            {"code":"0000","message":"成功","header":{"v":"1.0.0","id":2011444710003008,"signal":"room::enter"},"body":{…}}

        An answer has the request's id and signal; a refusal has the request's id and the signal `platform::error`. What the server
        sends of its own accord has an id of its own. Members that are unknown are ignored, members without a value are absent, `?`
        marks what may be absent. C is a client, S the server.

        ## Signals


        """;

    private static string Codes()
    {
        string[] rows =
        [
            .. new[]
            {
                TaoyaoCode.Success, TaoyaoCode.Conflict, TaoyaoCode.Malformed, TaoyaoCode.Timeout, TaoyaoCode.BadRequest,
                TaoyaoCode.Unauthorized, TaoyaoCode.Forbidden, TaoyaoCode.NotAcceptable, TaoyaoCode.UnknownSignal, TaoyaoCode.MediaLost,
                TaoyaoCode.Unavailable, TaoyaoCode.Unknown,
            }.Select(code => $"| `{code.Code}` | {code.Text} |\n"),
        ];
        return "\n## Codes\n\n| code | text |\n|---|---|\n" + string.Concat(rows);
    }
}
