using Millrace.Interop.Abi;

namespace Millrace.Interop.Tests;

internal sealed class WorkerSettingsTests
{
    [Test]
    public void ToArguments_SaysWhatIsSet()
    {
        WorkerSettings settings = new()
        {
            LogLevel = WorkerLogLevel.Debug,
            LogTags = WorkerLogTags.Ice | WorkerLogTags.Rtp,
            RtcMinPort = 20000,
            RtcMaxPort = 20100,
            DtlsCertificateFile = "cert.pem",
            DtlsPrivateKeyFile = "key.pem",
        };

        Assert.That(
            settings.ToArguments(),
            Is.EqualTo(
            [
                "--logLevel=debug", "--logTags=ice", "--logTags=rtp", "--rtcMinPort=20000", "--rtcMaxPort=20100",
                "--dtlsCertificateFile=cert.pem", "--dtlsPrivateKeyFile=key.pem",
            ]));
    }

    [Test]
    public void LogTags_AreTheHeaders() => Assert.That(
        Enum.GetValues<WorkerLogTags>().Where(tag => tag != 0).Select(tag => ($"MR_LOG_TAG_{tag.ToString().ToUpperInvariant()}", (uint)tag)),
        Is.EquivalentTo(Enum.GetValues<mr_log_tag>().Select(tag => (tag.ToString(), (uint)tag))));

    [Test]
    public void LogLevels_AreTheHeaders() => Assert.That(
        Enum.GetValues<WorkerLogLevel>().Select(level => ($"MR_LOG_{level.ToString().ToUpperInvariant()}", (uint)level)),
        Is.EquivalentTo(Enum.GetValues<mr_log_level>().Select(level => (level.ToString(), (uint)level))));
}
