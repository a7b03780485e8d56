using System.Buffers;
using System.IO.Pipelines;
using FlatBuffers;
using Millrace.Interop;
using Millrace.Schema.Notification;
using Millrace.Schema.Request;
using Answers = Millrace.Schema.Response.Body;
using Events = Millrace.Schema.Notification.Body;

namespace Millrace.Controller.Tests;

/// <summary>
/// A worker that exists on paper: it reads requests off an in-memory channel and answers what the test, or else
/// <see cref="ScriptedAnswers"/>, says.
/// </summary>
internal sealed class ScriptedWorker : IWorkerHost
{
    private readonly Pipe _toWorker = new();
    private readonly Pipe _fromWorker = new();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<WorkerExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ScriptedRequest> _requests = [];
    private readonly List<Notification> _notifications = [];
    private readonly System.Threading.Channels.Channel<ScriptedRequest> _arrived =
        System.Threading.Channels.Channel.CreateUnbounded<ScriptedRequest>();

    private readonly Task _loop;
    private bool _isDead;

    public ScriptedWorker()
    {
        Channel = new Ends(_fromWorker.Reader, _toWorker.Writer);
        _loop = RunAsync();
    }

    public IDuplexPipe Channel { get; }

    public int ProcessId => 4711;

    public Task<WorkerExit> Exited => _exited.Task;

    /// <summary>Answers a request; null leaves it without answer. Unset: everything is accepted.</summary>
    public Func<ScriptedRequest, ScriptedAnswer?> Script { get; set; } = ScriptedAnswers.Accept;

    /// <summary>Whether WORKER_CLOSE has come.</summary>
    public bool SawClose { get; private set; }

    public IReadOnlyList<Method> Methods
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests.Select(request => request.Method)];
            }
        }
    }

    public IReadOnlyList<ScriptedRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>What has come without wanting an answer.</summary>
    public IReadOnlyList<Notification> Notifications
    {
        get
        {
            lock (_gate)
            {
                return [.. _notifications];
            }
        }
    }

    public static async Task<(ScriptedWorker Peer, Worker Worker)> StartAsync(
        TimeProvider? time = null, Func<ScriptedRequest, ScriptedAnswer?>? script = null)
    {
        ScriptedWorker peer = new();
        if (script is not null)
        {
            peer.Script = script;
        }
        peer.SendRunning();
        int ids = 0;
        Worker worker = await Worker.StartAsync(
            peer,
            new WorkerOptions
            {
                TimeProvider = time ?? TimeProvider.System,
                NewId = () => $"id{Interlocked.Increment(ref ids)}",
                NewSsrc = () => 1000,
            });
        return (peer, worker);
    }

    /// <summary>The next request that has not been waited for.</summary>
    public async Task<ScriptedRequest> NextAsync() => await _arrived.Reader.ReadAsync();

    public void SendRunning() => Notify("4711", Event.WORKER_RUNNING);

    public void Notify(string handlerId, Event kind, Events type = Events.NONE, Func<FlatBufferBuilder, int>? body = null) =>
        SendRaw(NotificationFrame(handlerId, kind, type, body));

    public static byte[] NotificationFrame(
        string handlerId, Event kind, Events type = Events.NONE, Func<FlatBufferBuilder, int>? body = null)
    {
        FlatBufferBuilder builder = new(64);
        int offset = body?.Invoke(builder) ?? 0;
        Offset<Notification> notification =
            Notification.CreateNotification(builder, builder.CreateString(handlerId), kind, type, offset);
        return Finish(builder, Schema.Message.Body.Notification, notification.Value);
    }

    public void Answer(uint id, ScriptedAnswer answer) => SendRaw(ResponseFrame(id, answer));

    public static byte[] ResponseFrame(uint id, ScriptedAnswer answer)
    {
        FlatBufferBuilder builder = new(256);
        int body = answer.Body?.Invoke(builder) ?? 0;
        StringOffset error = answer.Error is null ? default : builder.CreateString(answer.Error);
        StringOffset reason = answer.Reason is null ? default : builder.CreateString(answer.Reason);
        Offset<Schema.Response.Response> response = Schema.Response.Response.CreateResponse(
            builder, id, answer.Error is null, answer.Type, body, error, reason);
        return Finish(builder, Schema.Message.Body.Response, response.Value);
    }

    public void SendLog(string text)
    {
        FlatBufferBuilder builder = new(64);
        Offset<Schema.Log.Log> log = Schema.Log.Log.CreateLog(builder, builder.CreateString(text));
        SendRaw(Finish(builder, Schema.Message.Body.Log, log.Value));
    }

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isDead)
            {
                return;
            }
            _fromWorker.Writer.Write(bytes);
            _fromWorker.Writer.FlushAsync().AsTask().Wait();
        }
    }

    /// <summary>Ends like a process that crashed or ended: the channel first, then the exit.</summary>
    public void Die(WorkerExit exit)
    {
        lock (_gate)
        {
            _isDead = true;
            _fromWorker.Writer.Complete();
        }
        _toWorker.Reader.CancelPendingRead();
        _exited.TrySetResult(exit);
    }

    public async ValueTask DisposeAsync()
    {
        Die(new WorkerExit(0, null));
        await _loop;
    }

    private static byte[] Finish(FlatBufferBuilder builder, Schema.Message.Body type, int data)
    {
        builder.FinishSizePrefixed(Schema.Message.Message.CreateMessage(builder, type, data).Value);
        return builder.SizedByteArray();
    }

    private async Task RunAsync()
    {
        PipeReader reader = _toWorker.Reader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (Controller.Channel.FrameReader.TryRead(ref buffer, out ReadOnlySequence<byte> frame))
            {
                Receive(frame.ToArray());
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted || read.IsCanceled)
            {
                break;
            }
        }
        await reader.CompleteAsync();
        _exited.TrySetResult(new WorkerExit(0, null));
    }

    private void Receive(byte[] frame)
    {
        Schema.Message.Message message = Schema.Message.Message.GetRootAsMessage(new ByteBuffer(frame, 4));
        if (message.DataType == Schema.Message.Body.Notification)
        {
            Notification notification = message.Data<Notification>()!.Value;
            SawClose |= notification.Event == Event.WORKER_CLOSE;
            lock (_gate)
            {
                _notifications.Add(notification);
            }
            return;
        }
        Request wire = message.Data<Request>()!.Value;
        ScriptedRequest request = new(wire.Id, wire.Method, wire.HandlerId, wire);
        lock (_gate)
        {
            _requests.Add(request);
        }
        if (Script(request) is { } answer)
        {
            Answer(request.Id, answer);
        }
        _arrived.Writer.TryWrite(request);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

internal sealed record ScriptedRequest(uint Id, Method Method, string HandlerId, Request Wire);

internal sealed record ScriptedAnswer(
    Answers Type = Answers.NONE,
    Func<FlatBufferBuilder, int>? Body = null,
    string? Error = null,
    string? Reason = null);
