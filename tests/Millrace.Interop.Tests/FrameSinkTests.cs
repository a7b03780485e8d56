using System.IO.Pipelines;

namespace Millrace.Interop.Tests;

internal sealed class FrameSinkTests
{
    private readonly FrameSink _sink = new();

    [Test]
    public async Task End_ComesAfterTheLastFrame()
    {
        _sink.Take([1, 2]);
        _sink.Take([3]);
        _sink.End();

        Assert.That(await _sink.Frames.ReadBytesAsync(3), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That((await _sink.Frames.ReadAsync().Within()).IsCompleted, Is.True);
        Assert.That(await _sink.Ended.Within(), Is.EqualTo(new WorkerExit(0, null)));
    }

    [Test]
    public void Take_WhenNobodyReads_EndsTheChannelInsteadOfWaiting()
    {
        byte[] frame = new byte[8 << 20];

        for (long size = 0; size <= FrameSink.UnreadBytesMax; size += frame.Length)
        {
            _sink.Take(frame);
        }

        Assert.That(async () => await ReadAllAsync(), Throws.TypeOf<IOException>());
    }

    [Test]
    public void Take_WhenTheReaderHasGone_DropsTheFrame()
    {
        _sink.Frames.Complete();

        _sink.Take([1]);
        _sink.Take([2]);
        _sink.End();

        Assert.That(_sink.Ended.IsCompletedSuccessfully, Is.True);
    }

    private Task<long> ReadAllAsync() => _sink.Frames.CountToEndAsync();
}
