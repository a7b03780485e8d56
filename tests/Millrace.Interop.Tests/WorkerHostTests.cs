using System.Buffers.Binary;
using FlatBuffers;
using Millrace.Schema.Message;
using Millrace.Schema.Notification;
using Millrace.Schema.Request;
using Millrace.Schema.Response;
using Millrace.Schema.Worker;

namespace Millrace.Interop.Tests;

/// <summary>The real worker, in both modes: whoever drives it sees no difference.</summary>
internal sealed class WorkerHostTests
{
    public enum Mode
    {
        Process,
        Native,
    }

    [Test]
    public async Task Worker_SaysThatItRuns([Values] Mode mode)
    {
        await using IWorkerHost worker = Start(mode);

        Notification running = (await ReadAsync(worker)).DataAsNotification();

        Assert.That(running.Event, Is.EqualTo(Event.WORKER_RUNNING));
        Assert.That(running.HandlerId, Is.EqualTo(worker.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Test]
    public async Task Worker_AnswersADump([Values] Mode mode)
    {
        await using IWorkerHost worker = Start(mode);
        _ = await ReadAsync(worker);

        await worker.Channel.Output.WriteAsync(DumpRequest(7)).Within();
        Response response = (await ReadAsync(worker)).DataAsResponse();

        Assert.That(response.Id, Is.EqualTo(7));
        Assert.That(response.Accepted, Is.True);
        Assert.That(response.BodyType, Is.EqualTo(Millrace.Schema.Response.Body.Worker_DumpResponse));
        DumpResponse dump = response.BodyAsWorker_DumpResponse();
        Assert.That(dump.Pid, Is.EqualTo((uint)worker.ProcessId));
        Assert.That(dump.RouterIdsLength, Is.Zero);
    }

    [Test]
    public async Task Worker_AnswersManyRequestsInOrder_HoweverTheBytesAreCut([Values] Mode mode)
    {
        const int Requests = 200;
        await using IWorkerHost worker = Start(mode);
        _ = await ReadAsync(worker);
        byte[] all = [.. Enumerable.Range(0, Requests).SelectMany(id => DumpRequest((uint)id))];

        foreach (byte[] piece in all.Chunk(37))
        {
            await worker.Channel.Output.WriteAsync(piece).Within();
        }

        for (uint id = 0; id < Requests; id++)
        {
            Assert.That((await ReadAsync(worker)).DataAsResponse().Id, Is.EqualTo(id));
        }
    }

    [Test]
    public async Task Worker_ToldToClose_EndsNormally([Values] Mode mode)
    {
        await using IWorkerHost worker = Start(mode);
        _ = await ReadAsync(worker);

        await worker.Channel.Output.WriteAsync(CloseNotification()).Within();

        Assert.That(await worker.Channel.Input.CountToEndAsync(), Is.Zero);
        Assert.That(await worker.Exited.Within(), Is.EqualTo(new WorkerExit(0, null)));
    }

    [Test]
    public async Task Dispose_EndsTheWorkerNormally([Values] Mode mode)
    {
        IWorkerHost worker = Start(mode);
        _ = await ReadAsync(worker);

        await worker.DisposeAsync().AsTask().Within();

        Assert.That(await worker.Exited, Is.EqualTo(new WorkerExit(0, null)));
        Assert.That(await worker.Channel.Input.CountToEndAsync(), Is.Zero);
    }

    [Test]
    public async Task Dispose_CarriesOutWhatWasFlushed([Values] Mode mode)
    {
        IWorkerHost worker = Start(mode);
        _ = await ReadAsync(worker);

        await worker.Channel.Output.WriteAsync(DumpRequest(1)).Within();
        await worker.DisposeAsync().AsTask().Within();

        Assert.That((await ReadAsync(worker)).DataAsResponse().Id, Is.EqualTo(1));
    }

    [Test]
    public async Task Workers_LiveSideBySide([Values] Mode mode)
    {
        await using IWorkerHost first = Start(mode);
        await using IWorkerHost second = Start(mode);
        _ = await ReadAsync(first);
        _ = await ReadAsync(second);

        await first.DisposeAsync();
        await second.Channel.Output.WriteAsync(DumpRequest(2)).Within();

        Assert.That((await ReadAsync(second)).DataAsResponse().Id, Is.EqualTo(2));
    }

    [Test]
    public async Task WorkerProcess_WithAWrongSetting_ExitsWith42()
    {
        await using WorkerProcess worker = StartProcess(["--rtcMinPort=x"]);

        Assert.That(await worker.Exited.Within(), Is.EqualTo(new WorkerExit(42, null)));
    }

    private static IWorkerHost Start(Mode mode) => mode == Mode.Process
        ? StartProcess(new WorkerSettings().ToArguments())
        : NativeWorker.Start(new() { LibraryPath = NativeWorkerTests.Library });

    private static WorkerProcess StartProcess(IReadOnlyList<string> arguments) => WorkerProcess.Start(new()
    {
        Path = Path.Combine(Repository.NativeDirectory, "millrace-worker"),
        Arguments = arguments,
    });

    private static async Task<Message> ReadAsync(IWorkerHost worker)
    {
        byte[] prefix = await worker.Channel.Input.ReadBytesAsync(sizeof(uint));
        int size = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        return Message.GetRootAsMessage(new ByteBuffer(await worker.Channel.Input.ReadBytesAsync(size)));
    }

    private static byte[] DumpRequest(uint id)
    {
        FlatBufferBuilder builder = new(64);
        StringOffset handler = builder.CreateString("");
        Offset<Request> request = Request.CreateRequest(builder, id, Method.WORKER_DUMP, handler);
        return Finish(builder, Millrace.Schema.Message.Body.Request, request.Value);
    }

    private static byte[] CloseNotification()
    {
        FlatBufferBuilder builder = new(64);
        StringOffset handler = builder.CreateString("");
        Offset<Notification> notification = Notification.CreateNotification(builder, handler, Event.WORKER_CLOSE);
        return Finish(builder, Millrace.Schema.Message.Body.Notification, notification.Value);
    }

    private static byte[] Finish(FlatBufferBuilder builder, Millrace.Schema.Message.Body type, int data)
    {
        builder.FinishSizePrefixed(Message.CreateMessage(builder, type, data).Value);
        return builder.SizedByteArray();
    }
}
