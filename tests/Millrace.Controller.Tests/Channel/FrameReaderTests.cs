using System.Buffers;
using Millrace.Controller.Channel;

namespace Millrace.Controller.Tests.Channel;

[Parallelizable]
internal sealed class FrameReaderTests
{
    [Test]
    public void TryRead_WaitsForTheLastByte()
    {
        byte[] bytes = [3, 0, 0, 0, 7, 8, 9];

        for (int length = 0; length < bytes.Length; length++)
        {
            ReadOnlySequence<byte> part = new(bytes, 0, length);
            Assert.That(FrameReader.TryRead(ref part, out _), Is.False);
        }
        ReadOnlySequence<byte> whole = new(bytes);
        Assert.That(FrameReader.TryRead(ref whole, out ReadOnlySequence<byte> frame), Is.True);
        Assert.That(frame.ToArray(), Is.EqualTo(bytes));
        Assert.That(whole.IsEmpty, Is.True);
    }

    [Test]
    public void TryRead_TakesSixtyFourFramesOneByOne()
    {
        ReadOnlySequence<byte> buffer = new([.. Enumerable.Range(0, 64).SelectMany(i => new byte[] { 1, 0, 0, 0, (byte)i })]);
        List<byte> payloads = [];

        while (FrameReader.TryRead(ref buffer, out ReadOnlySequence<byte> frame))
        {
            payloads.Add(frame.ToArray()[4]);
        }

        Assert.That(payloads, Is.EqualTo(Enumerable.Range(0, 64)));
    }

    // IP-01 of the fault list: 0, 8 MiB and more, everything.
    [TestCase(0u)]
    [TestCase(8_388_605u)]
    [TestCase(8_388_609u)]
    [TestCase(uint.MaxValue)]
    public void TryRead_OfAnImpossibleLength_Throws(uint length)
    {
        ReadOnlySequence<byte> buffer = new(BitConverter.GetBytes(length));

        Assert.That(() => FrameReader.TryRead(ref buffer, out _), Throws.TypeOf<WorkerProtocolException>());
    }

    [Test]
    public void TryRead_OfTheGreatestLength_Waits()
    {
        ReadOnlySequence<byte> buffer = new(BitConverter.GetBytes(8_388_604u));

        Assert.That(FrameReader.TryRead(ref buffer, out _), Is.False);
    }
}
