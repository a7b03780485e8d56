using System.Diagnostics.Metrics;
using Millrace.Server.Metrics;

namespace Millrace.Server.Tests.Metrics;

/// <summary>What instruments report, added up.</summary>
internal sealed class MetricRegisterTests
{
    private readonly string _name = $"tests.{TestContext.CurrentContext.Test.ID}";

    [Test]
    public void Counters_AddUpByTheirLabels()
    {
        using MetricRegister register = Register();
        using Meter meter = new(_name);
        Counter<long> counter = meter.CreateCounter<long>("requests", "{request}", "Requests.");
        counter.Add(2, KeyValuePair.Create("code", (object?)1));
        counter.Add(3, KeyValuePair.Create("code", (object?)1));
        counter.Add(7, KeyValuePair.Create("code", (object?)"other"));

        MetricFamily family = register.Collect().Single();

        Assert.That((family.Name, family.Unit, family.Kind, family.Help), Is.EqualTo(("requests", "{request}", MetricKind.Counter, "Requests.")));
        Assert.That(family.Series.Select(one => (one.Labels.Single().Value, one.Value)), Is.EqualTo(new[] { ("1", 5.0), ("other", 7.0) }));
    }

    [Test]
    public void UpDownCounters_AreGauges()
    {
        using MetricRegister register = Register();
        using Meter meter = new(_name);
        UpDownCounter<int> open = meter.CreateUpDownCounter<int>("open");
        open.Add(3);
        open.Add(-1);

        MetricFamily family = register.Collect().Single();

        Assert.That((family.Kind, family.Series.Single().Value), Is.EqualTo((MetricKind.Gauge, 2.0)));
    }

    [Test]
    public void Observables_TellThePresentAndForgetThePast()
    {
        using MetricRegister register = Register();
        using Meter meter = new(_name);
        List<Measurement<double>> present = [new(4, KeyValuePair.Create("worker", (object?)"0")), new(5, KeyValuePair.Create("worker", (object?)"1"))];
        meter.CreateObservableGauge("load", () => present);
        register.Collect();
        present.RemoveAt(0);

        MetricFamily family = register.Collect().Single();

        Assert.That(family.Series.Select(one => (one.Labels.Single().Value, one.Value)), Is.EqualTo(new[] { ("1", 5.0) }));
    }

    [Test]
    public void Histograms_CountUpToEachBound()
    {
        using MetricRegister register = Register();
        using Meter meter = new(_name);
        Histogram<double> duration = meter.CreateHistogram<double>("duration", "s");
        duration.Record(0.0002);
        duration.Record(0.3);
        duration.Record(100);

        MetricSeries series = register.Collect().Single().Series.Single();

        Assert.That(series.Buckets.Single(bucket => bucket.Bound == "0.0001").Count, Is.Zero);
        Assert.That(series.Buckets.Single(bucket => bucket.Bound == "0.0005").Count, Is.EqualTo(1));
        Assert.That(series.Buckets.Single(bucket => bucket.Bound == "0.5").Count, Is.EqualTo(2));
        Assert.That(series.Buckets[^1], Is.EqualTo(("+Inf", 3.0)));
        Assert.That(series.Value, Is.EqualTo(100.3002).Within(1e-9));
    }

    [Test]
    public void ObservableHistograms_AreMadeOfTheirBuckets()
    {
        using MetricRegister register = Register();
        using Meter meter = new(_name);
        Measurement<double>[] buckets = [.. new[] { (1, "1"), (4, "+Inf"), (9, "sum") }
            .Select(one => new Measurement<double>(one.Item1, KeyValuePair.Create("le", (object?)one.Item2)))];
        meter.CreateObservableCounter(
            "batch",
            () => buckets,
            unit: null,
            description: null,
            tags: [KeyValuePair.Create("histogram", (object?)"le")]);
        register.Collect();

        MetricFamily family = register.Collect().Single();

        MetricSeries series = family.Series.Single();
        Assert.That((family.Kind, series.Labels.Count, series.Value), Is.EqualTo((MetricKind.Histogram, 0, 9.0)));
        Assert.That(series.Buckets, Is.EqualTo(new[] { ("1", 1.0), ("+Inf", 4.0) }));
    }

    [Test]
    public void OtherMeters_AreNotHeard_AndEndedOnesAreForgotten()
    {
        using MetricRegister register = Register();
        using Meter stranger = new(_name + ".other");
        stranger.CreateCounter<int>("a").Add(1);
        using (Meter meter = new(_name))
        {
            meter.CreateCounter<int>("b").Add(1);
            Assert.That(register.Collect().Select(family => family.Name), Is.EqualTo(new[] { "b" }));
        }

        Assert.That(register.Collect(), Is.Empty);
    }

    [Test]
    public void Labels_CannotMakeSeriesWithoutEnd()
    {
        using MetricRegister register = Register();
        using Meter meter = new(_name);
        Counter<int> counter = meter.CreateCounter<int>("requests");
        for (int i = 0; i < MetricRegister.SeriesMax + 10; i++)
        {
            counter.Add(1, KeyValuePair.Create("name", (object?)i));
        }

        Assert.That(register.Collect().Single().Series, Has.Count.EqualTo(MetricRegister.SeriesMax));
    }

    private MetricRegister Register() => new(new HashSet<string> { _name });
}
