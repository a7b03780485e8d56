using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

[Parallelizable]
internal sealed class ScalabilityModeTests
{
    [TestCase("L1T1", 1, 1)]
    [TestCase("L1T3", 1, 3)]
    [TestCase("S3T3", 3, 3)]
    [TestCase("L3T3_KEY", 3, 3)]
    [TestCase("L2T2_KEY_SHIFT", 2, 2)]
    [TestCase("L2T1h", 2, 1)]
    public void TryParse_ReadsLayers(string text, int spatial, int temporal)
    {
        bool parsed = ScalabilityMode.TryParse(text, out ScalabilityMode mode);

        Assert.That((parsed, mode), Is.EqualTo((true, new ScalabilityMode(spatial, temporal))));
    }

    [TestCase("")]
    [TestCase("L0T1")]
    [TestCase("L1")]
    [TestCase("X1T1")]
    [TestCase("L1T1\n")]
    [TestCase("L3T3_OTHER")]
    public void TryParse_OfSomethingElse_IsFalse(string text) =>
        Assert.That(ScalabilityMode.TryParse(text, out _), Is.False);
}
