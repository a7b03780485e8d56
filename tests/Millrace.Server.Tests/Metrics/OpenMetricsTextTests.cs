using Millrace.Server.Metrics;

namespace Millrace.Server.Tests.Metrics;

/// <summary>The text format against what OpenMetrics 1.0 says of it.</summary>
internal sealed class OpenMetricsTextTests
{
    [Test]
    public void NothingAtAll_IsTheEndMark() => Assert.That(OpenMetricsText.Write([]), Is.EqualTo("# EOF\n"));

    [Test]
    public void ACounter_HasItsUnitAndItsEnding() => Assert.That(
        OpenMetricsText.Write([Family("millrace.worker.rtp.size", "By", MetricKind.Counter, Of(12, ("worker", "0"), ("kind", "sent")))]),
        Is.EqualTo(
            """
            # TYPE millrace_worker_rtp_size_bytes counter
            # UNIT millrace_worker_rtp_size_bytes bytes
            # HELP millrace_worker_rtp_size_bytes What it is.
            millrace_worker_rtp_size_bytes_total{worker="0",kind="sent"} 12
            # EOF

            """));

    [Test]
    public void AGauge_WithoutLabelsAndUnit_StandsAlone() => Assert.That(
        OpenMetricsText.Write([Family("millrace.room.rooms", "{room}", MetricKind.Gauge, Of(-0.5))]),
        Is.EqualTo(
            """
            # TYPE millrace_room_rooms gauge
            # HELP millrace_room_rooms What it is.
            millrace_room_rooms -0.5
            # EOF

            """));

    [Test]
    public void AHistogram_HasBucketsCountAndSum()
    {
        MetricSeries series = Of(0.75, ("worker", "1")) with { Buckets = [("0.5", 2), ("+Inf", 3)] };

        string text = OpenMetricsText.Write([Family("millrace.worker.tick.duration", "s", MetricKind.Histogram, series)]);

        Assert.That(text, Is.EqualTo(
            """
            # TYPE millrace_worker_tick_duration_seconds histogram
            # UNIT millrace_worker_tick_duration_seconds seconds
            # HELP millrace_worker_tick_duration_seconds What it is.
            millrace_worker_tick_duration_seconds_bucket{worker="1",le="0.5"} 2
            millrace_worker_tick_duration_seconds_bucket{worker="1",le="+Inf"} 3
            millrace_worker_tick_duration_seconds_count{worker="1"} 3
            millrace_worker_tick_duration_seconds_sum{worker="1"} 0.75
            # EOF

            """));
    }

    [Test]
    public void LabelsAndHelp_AreEscaped()
    {
        MetricFamily family = Family("x", "1", MetricKind.Gauge, Of(1, ("a-b", "say \"no\"\nback\\slash"))) with { Help = "Two\nlines \\ one" };

        string text = OpenMetricsText.Write([family]);

        Assert.That(text, Does.Contain("""x{a_b="say \"no\"\nback\\slash"} 1"""));
        Assert.That(text, Does.Contain("""# HELP x Two\nlines \\ one"""));
        Assert.That(text.Split('\n'), Has.Length.EqualTo(5), "no value breaks a line");
    }

    [TestCase(double.NaN, "NaN")]
    [TestCase(double.PositiveInfinity, "+Inf")]
    [TestCase(1e21, "1E+21")]
    [TestCase(9007199254740991, "9007199254740991")]
    public void Numbers_AreWrittenWhole(double value, string text) => Assert.That(
        OpenMetricsText.Write([Family("x", "1", MetricKind.Gauge, Of(value))]), Does.Contain($"\nx {text}\n"));

    [Test]
    public void OfTwoFamiliesOfOneName_TheFirstIsWritten()
    {
        string text = OpenMetricsText.Write([Family("a.b", "1", MetricKind.Gauge, Of(1)), Family("a_b", "1", MetricKind.Gauge, Of(2))]);

        Assert.That(text, Does.Contain("a_b 1\n").And.Not.Contain("a_b 2"));
    }

    private static MetricFamily Family(string name, string unit, MetricKind kind, MetricSeries series) => new(name, unit, kind, "What it is.", [series]);

    private static MetricSeries Of(double value, params (string Name, string Value)[] labels) =>
        new([.. labels.Select(label => KeyValuePair.Create(label.Name, label.Value))], value);
}
