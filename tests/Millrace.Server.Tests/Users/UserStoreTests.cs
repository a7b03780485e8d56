using Millrace.Rooms;
using Millrace.Server.Users;

namespace Millrace.Server.Tests.Users;

// The modes of files are those of Unix.
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win")]
internal sealed class UserStoreTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DataFolder _data = new();
    private readonly List<string> _shown = [];

    public void Dispose() => _data.Dispose();

    [Test]
    public void TheFirstStart_MakesOneUser_ShowsItsPasswordOnce_AndKeepsItsHash()
    {
        UserStore first = Load();
        UserStore second = Load();

        Assert.That(_shown, Has.Count.EqualTo(1));
        string password = _shown[0].Split(' ')[7];
        Assert.That(_shown[0], Does.StartWith("Made the user 'admin' with the password "));
        Assert.That(password, Has.Length.EqualTo(16));
        Assert.That(first.Find("admin")!.Verify(password), Is.True);
        Assert.That(second.Find("admin")!.Verify(password), Is.True);
        Assert.That(File.ReadAllText(UserStore.PathIn(_data.Path)), Does.StartWith("admin:pbkdf2-sha256$600000$").And.Not.Contain(password));
        Assert.That(first.Find("nobody"), Is.Null);
    }

    [Test]
    public void TheFile_IsForItsOwnerAlone()
    {
        UserStore.Add(_data.Path, "alice", "correct horse");

        Assert.That(File.GetUnixFileMode(UserStore.PathIn(_data.Path)), Is.EqualTo(OwnerOnly));
        Assert.That(Directory.GetFiles(_data.Path), Has.Length.EqualTo(1), "no temporary file is left");
    }

    [Test]
    public void Add_GivesANewPassword_AndLeavesTheOthers()
    {
        UserStore.Add(_data.Path, "alice", "correct horse");
        UserStore.Add(_data.Path, "bob", "battery staple");

        UserStore.Add(_data.Path, "alice", "another horse");

        UserStore users = Load();
        Assert.That(users.Find("alice")!.Verify("another horse"), Is.True);
        Assert.That(users.Find("bob")!.Verify("battery staple"), Is.True);
        Assert.That(File.ReadAllLines(UserStore.PathIn(_data.Path)), Has.Length.EqualTo(2));
        Assert.That(_shown, Is.Empty);
    }

    [TestCase("short")]
    [TestCase("1234567")]
    [TestCase("12345678")]
    [TestCase("Password")]
    [TestCase("TAOYAO")]
    [TestCase("administrator")]
    [TestCase("alice-alice")]
    [TestCase("")]
    public void AWeakPassword_IsRefused_AndNotShown(string password)
    {
        UserException? fromLine = Assert.Catch<UserException>(() => UserStore.Add(_data.Path, "alice-alice", password));
        UserException? fromEnvironment = Assert.Catch<UserException>(() => Load($"alice-alice:{password}"));

        Assert.That(fromLine!.Message, Is.EqualTo("the password of 'alice-alice' is too easy to guess; use 8 characters or more"));
        Assert.That(fromEnvironment!.Message, Is.EqualTo(fromLine.Message));
        Assert.That(File.Exists(UserStore.PathIn(_data.Path)), Is.False);
    }

    [TestCase("")]
    [TestCase("a:b")]
    [TestCase("a\nb")]
    [TestCase("guest")]
    public void ANameThatCannotBeOne_IsRefused(string name) => Assert.That(
        () => UserStore.Add(_data.Path, name, "correct horse"), Throws.InstanceOf<UserException>());

    [Test]
    public void TheEnvironmentsUsers_TakeThePlaceOfTheFiles()
    {
        UserStore.Add(_data.Path, "alice", "correct horse");

        UserStore users = Load("bob:battery:staple");

        Assert.That(users.Find("bob")!.Verify("battery:staple"), Is.True);
        Assert.That(users.Find("alice"), Is.Null);
    }

    [Test]
    public void TheSameUserTwice_IsRefused()
    {
        Assert.That(() => Load("bob:battery staple", "bob:correct horse"), Refused("MILLRACE_USERS: the user 'bob' is there twice"));
        string line = $"bob:{PasswordHash.Create("x", 10)}\n";
        File.WriteAllText(UserStore.PathIn(_data.Path), line + line);
        Assert.That(() => Load(), Refused("the users file: the user 'bob' is there twice"));
    }

    [Test]
    public void WhatCannotBeRead_IsRefused_WithoutASecret()
    {
        Assert.That(() => Load("no-password-here"), Refused("MILLRACE_USERS: a user is written name:password"));
        File.WriteAllText(UserStore.PathIn(_data.Path), "bob:plain-text-password\n");
        Assert.That(() => Load(), Refused("the users file: the line of 'bob' cannot be read"));
    }

    private UserStore Load(params string[] fromEnvironment) => UserStore.Load(fromEnvironment, _data.Path, _shown.Add);

    private static NUnit.Framework.Constraints.EqualStringConstraint Refused(string message) =>
        Throws.InstanceOf<UserException>().With.Message.EqualTo(message);
}
