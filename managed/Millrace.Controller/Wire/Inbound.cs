using FlatBuffers;
using Millrace.Interop;
using Millrace.Schema.Log;
using Millrace.Schema.Notification;
using Millrace.Schema.Response;

namespace Millrace.Controller.Wire;

/// <summary>One frame from the worker, opened as far as the channel needs it.</summary>
internal readonly struct Inbound
{
    private const int PrefixBytes = 4;

    public InboundKind Kind { get; private init; }

    public uint RequestId { get; private init; }

    public bool Accepted { get; private init; }

    public WorkerError Error { get; private init; }

    public string? Reason { get; private init; }

    public ResponseBody Body { get; private init; }

    public string? HandlerId { get; private init; }

    public WorkerEvent? Event { get; private init; }

    public WorkerLog? Log { get; private init; }

    /// <summary>Reads a frame with its prefix, which takes <paramref name="length"/> bytes of the buffer.</summary>
    /// <exception cref="WorkerProtocolException">It cannot be read.</exception>
    public static Inbound Read(byte[] buffer, int length) => Frame.Decode(() =>
    {
        ByteBuffer bytes = new(buffer, PrefixBytes);
        if (length < PrefixBytes + sizeof(int) || bytes.GetInt(PrefixBytes) is var root && (root < 0 || root >= length))
        {
            throw new WorkerProtocolException("The frame has no root.");
        }
        Schema.Message.Message message = Schema.Message.Message.GetRootAsMessage(bytes);
        return message.DataType switch
        {
            Schema.Message.Body.Response => FromResponse(Frame.Required(message.Data<Response>())),
            Schema.Message.Body.Notification => FromNotification(Frame.Required(message.Data<Notification>())),
            Schema.Message.Body.Log => FromLog(Frame.Required(message.Data<Log>())),
            Schema.Message.Body.NONE or Schema.Message.Body.Request or _ =>
                throw new WorkerProtocolException($"The worker sent a {message.DataType}."),
        };
    });

    private static Inbound FromResponse(Response response) => new()
    {
        Kind = InboundKind.Response,
        RequestId = response.Id,
        Accepted = response.Accepted,
        Error = response.Error switch
        {
            "TypeError" => WorkerError.TypeError,
            "NotFoundError" => WorkerError.NotFound,
            _ => WorkerError.Error,
        },
        Reason = response.Accepted ? null : response.Reason ?? "no reason given",
        Body = new ResponseBody(response),
    };

    private static Inbound FromNotification(Notification notification) => new()
    {
        Kind = InboundKind.Notification,
        HandlerId = Frame.Required(notification.HandlerId),
        Event = EventReader.Read(notification),
    };

    // The first character says how severe it is; the rest is the message.
    private static Inbound FromLog(Log log)
    {
        string text = Frame.Required(log.Data);
        WorkerLogLevel? level = text.Length == 0 ? null : text[0] switch
        {
            'D' => WorkerLogLevel.Debug,
            'W' => WorkerLogLevel.Warn,
            'E' => WorkerLogLevel.Error,
            'X' => WorkerLogLevel.None,
            _ => null,
        };
        return new Inbound
        {
            Kind = InboundKind.Log,
            Log = level is null ? new WorkerLog(WorkerLogLevel.Error, text) : new WorkerLog(level.Value, text[1..]),
        };
    }
}
