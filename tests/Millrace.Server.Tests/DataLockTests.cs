using Millrace.Server.Options;

namespace Millrace.Server.Tests;

internal sealed class DataLockTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Test]
    public void AFolder_IsHeldByOne_AndFreeAgainAfterwards()
    {
        DataLock first = DataLock.Take(_data.Path);

        Assert.That(() => DataLock.Take(_data.Path), Throws.InstanceOf<OptionsException>().With.Message.StartsWith("--data: "));
        first.Dispose();
        using DataLock next = DataLock.Take(_data.Path);
        Assert.That(() => DataLock.Take(_data.Path), Throws.InstanceOf<OptionsException>());
    }

    [Test]
    public void AFolderThatIsNotThere_IsMade()
    {
        string below = Path.Combine(_data.Path, "a", "b");

        using DataLock held = DataLock.Take(below);

        Assert.That(Directory.Exists(below), Is.True);
    }

    [Test]
    public void AFolderThatIsAFile_IsRefused()
    {
        File.WriteAllText(_data.File("file"), string.Empty);

        Assert.That(
            () => DataLock.Take(_data.File("file")), Throws.InstanceOf<OptionsException>().With.Message.StartsWith("--data: "));
    }
}
