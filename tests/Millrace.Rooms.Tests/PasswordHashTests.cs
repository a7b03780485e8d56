namespace Millrace.Rooms.Tests;

internal sealed class PasswordHashTests
{
    [Test]
    public void Verify_KnowsItsOwnPasswordOnly()
    {
        PasswordHash hash = PasswordHash.Create("correct horse", iterations: 10);

        Assert.That(hash.Verify("correct horse"), Is.True);
        Assert.That(hash.Verify("correct horse "), Is.False);
        Assert.That(hash.Verify(string.Empty), Is.False);
    }

    [Test]
    public void Create_GivesEveryHashItsOwnSalt() => Assert.That(
        PasswordHash.Create("same", iterations: 10).ToString(),
        Is.Not.EqualTo(PasswordHash.Create("same", iterations: 10).ToString()));

    [Test]
    public void TheTextForm_NamesAlgorithmAndCost_AndNotThePassword()
    {
        string text = PasswordHash.Create("secret password", iterations: 12).ToString();

        Assert.That(text, Does.StartWith("pbkdf2-sha256$12$"));
        Assert.That(text, Does.Not.Contain("secret"));
        Assert.That(PasswordHash.Parse(text)!.Verify("secret password"), Is.True);
        Assert.That(PasswordHash.Parse(text)!.Verify("another"), Is.False);
    }

    [Test]
    public void TheDefaultCost_IsTheRecommendedOne() =>
        Assert.That(PasswordHash.Create("x").ToString(), Does.StartWith("pbkdf2-sha256$600000$"));

    // Test vector of RFC 7914 section 11: PBKDF2-HMAC-SHA-256 (P="passwd", S="salt", c=1), whose first 32 bytes are compared.
    [Test]
    public void Derivation_IsThatOfTheStandard()
    {
        byte[] derived = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(
            "passwd", "salt"u8, 1, System.Security.Cryptography.HashAlgorithmName.SHA256, 32);

        Assert.That(
            Convert.ToHexString(derived), Is.EqualTo("55AC046E56E3089FEC1691C22544B605F94185216DDE0465E68B9D57C20DACBC"));
        string text = $"pbkdf2-sha256$1${Convert.ToBase64String("0123456789abcdef"u8)}$"
            + Convert.ToBase64String(System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(
                "passwd", "0123456789abcdef"u8, 1, System.Security.Cryptography.HashAlgorithmName.SHA256, 32));
        Assert.That(PasswordHash.Parse(text)!.Verify("passwd"), Is.True);
    }

    [TestCase("")]
    [TestCase("pbkdf2-sha256$10$AAAA")]
    [TestCase("pbkdf2-sha512$10$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("pbkdf2-sha256$0$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("pbkdf2-sha256$-1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("pbkdf2-sha256$99999999$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("pbkdf2-sha256$10$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("pbkdf2-sha256$10$AAAAAAAAAAAAAAAAAAAAAA==$AAAA")]
    [TestCase("pbkdf2-sha256$10$no base64$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("pbkdf2-sha256$10$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=$more")]
    public void Parse_RefusesWhatIsNoHashOfOurs(string text) => Assert.That(PasswordHash.Parse(text), Is.Null);
}
