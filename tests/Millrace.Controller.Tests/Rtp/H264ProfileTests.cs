using Millrace.Controller.Rtp;

namespace Millrace.Controller.Tests.Rtp;

[Parallelizable]
internal sealed class H264ProfileTests
{
    // RFC 6184 table 5, and the ids Chromium writes.
    [TestCase("42e01f", "ConstrainedBaseline")]
    [TestCase("42E01F", "ConstrainedBaseline")]
    [TestCase("42c00b", "ConstrainedBaseline")]
    [TestCase("4de01f", "ConstrainedBaseline")]
    [TestCase("58f01f", "ConstrainedBaseline")]
    [TestCase("42001f", "Baseline")]
    [TestCase("58a01f", "Baseline")]
    [TestCase("4d001f", "Main")]
    [TestCase("4d401f", "Main")]
    [TestCase("58001f", "Extended")]
    [TestCase("64001f", "High")]
    [TestCase("640c1f", "ConstrainedHigh")]
    [TestCase("6e001f", "High10")]
    [TestCase("2c101f", "Cavlc444Intra")]
    [TestCase("f4001f", "High444Predictive")]
    public void Of_ReadsTheProfile(string profileLevelId, string profile) =>
        Assert.That(H264Profile.Of(profileLevelId), Is.EqualTo(profile));

    [TestCase("")]
    [TestCase("42e0")]
    [TestCase("42e01f00")]
    [TestCase("zzzzzz")]
    [TestCase("+2e01f")]
    [TestCase("ff001f")]
    [TestCase("64ff1f")]
    public void Of_WhatIsNoProfile_IsNull(string profileLevelId) =>
        Assert.That(H264Profile.Of(profileLevelId), Is.Null);

    [TestCase(null, "42e01f", true)]
    [TestCase("42e01f", "42e034", true)]
    [TestCase("42e01f", "42001f", false)]
    [TestCase("4d001f", "64001f", false)]
    [TestCase("nonsense", "nonsense", false)]
    public void AreSame_LooksAtTheProfileOnly(string? left, string? right, bool same) =>
        Assert.That(H264Profile.AreSame(left, right), Is.EqualTo(same));
}
