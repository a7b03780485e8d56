using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Testing;

namespace Millrace.Rooms.Tests;

/// <summary>One real worker for the tests that do not end it.</summary>
[SetUpFixture]
internal sealed class Workers
{
    public static MediaPool Pool { get; private set; } = null!;

    [OneTimeSetUp]
    public static async Task Start() => Pool = await MediaPool.StartAsync([BuiltWorker.Node], NullLogger.Instance);

    [OneTimeTearDown]
    public static async Task Stop()
    {
        if (Pool is { } pool)
        {
            await pool.DisposeAsync();
        }
    }
}
