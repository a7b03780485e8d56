namespace Millrace.Controller.Tests;

[Parallelizable]
internal sealed class DataMessageTests
{
    [Test]
    public void Text_IsUtf8()
    {
        DataMessage message = DataMessage.OfText("grüße");

        Assert.That((message.Ppid, message.IsText, message.Text), Is.EqualTo((51u, true, "grüße")));
        Assert.That(message.Payload.Length, Is.EqualTo(7));
    }

    [Test]
    public void EmptyMessages_TravelAsOneByte_AndReadAsNothing()
    {
        DataMessage text = DataMessage.OfText("");
        DataMessage binary = DataMessage.OfBinary(default);

        Assert.That((text.Ppid, text.Payload.Length, text.Text), Is.EqualTo((56u, 1, "")));
        Assert.That((binary.Ppid, binary.Payload.Length, binary.Content.Length), Is.EqualTo((57u, 1, 0)));
        Assert.That((text.IsText, binary.IsText), Is.EqualTo((true, false)));
    }

    [Test]
    public void Bytes_StayAsTheyAre()
    {
        DataMessage message = DataMessage.OfBinary(new byte[] { 1, 2, 3 });

        Assert.That(message.Ppid, Is.EqualTo(53));
        Assert.That(message.Content.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }
}
