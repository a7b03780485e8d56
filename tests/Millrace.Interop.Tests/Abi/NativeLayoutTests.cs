using Millrace.Interop.Abi;

namespace Millrace.Interop.Tests.Abi;

/// <summary>Holds the bindings against the library itself: the places its own compiler gave the fields.</summary>
internal sealed class NativeLayoutTests
{
    [Test]
    public async Task Structures_AreLaidOutAsInTheLibrary()
    {
        await using NativeWorker worker = NativeWorker.Start(new() { LibraryPath = NativeWorkerTests.Library });
        RecordLayout config = BindingTests.LayoutOf(typeof(mr_config));
        RecordLayout error = BindingTests.LayoutOf(typeof(mr_error));
        Dictionary<mr_layout_entry, long> bound = new()
        {
            [mr_layout_entry.MR_LAYOUT_CONFIG_SIZE] = config.Size,
            [mr_layout_entry.MR_LAYOUT_ERROR_SIZE] = error.Size,
            [mr_layout_entry.MR_LAYOUT_ERROR_TEXT] = error.Offsets["text"],
            [mr_layout_entry.MR_LAYOUT_STATUS_SIZE] = sizeof(mr_status),
        };
        foreach ((string field, long offset) in config.Offsets)
        {
            bound[Enum.Parse<mr_layout_entry>($"MR_LAYOUT_CONFIG_{field.ToUpperInvariant()}")] = offset;
        }

        Assert.That(bound.Keys, Is.EquivalentTo(Enum.GetValues<mr_layout_entry>()));
        foreach ((mr_layout_entry entry, long place) in bound)
        {
            Assert.That(MillraceNative.mr_layout(entry), Is.EqualTo(place), entry.ToString());
        }
    }

    [Test]
    public async Task Layout_OfSomethingUnknown_IsRefused()
    {
        await using NativeWorker worker = NativeWorker.Start(new() { LibraryPath = NativeWorkerTests.Library });

        Assert.That(MillraceNative.mr_layout((mr_layout_entry)9999), Is.EqualTo(uint.MaxValue));
    }
}
