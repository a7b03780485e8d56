using System.Security.Cryptography;
using Millrace.Interop;

namespace Millrace.Controller;

/// <summary>How a worker is started and talked to.</summary>
public sealed record WorkerOptions
{
    /// <summary>Child process or thread of this process.</summary>
    public WorkerMode Mode { get; init; } = WorkerMode.Process;

    /// <summary>
    /// The worker program (<see cref="WorkerMode.Process"/>) or library (<see cref="WorkerMode.InProcess"/>). Null
    /// looks in the folder that the environment's MILLRACE_NATIVE_DIR names, then beside the application.
    /// Any worker that speaks the channel of mediasoup-worker 3.27.1 will do.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>What the worker is told: log level, ports, certificate.</summary>
    public WorkerSettings Settings { get; init; } = new();

    /// <summary>Takes lines that the worker process prints; must not block.</summary>
    public Action<string>? Output { get; init; }

    /// <summary>Whatever the host wants to keep with it.</summary>
    public object? AppData { get; init; }

    /// <summary>How long a worker may take to say that it runs.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker may take to answer a request; after it the request fails with a TimeoutException.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock of both timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Makes ids of routers, transports, producers and so on; by default 128 random bits in hexadecimal.</summary>
    public Func<string> NewId { get; init; } = static () => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Makes SSRCs; by default random ones.</summary>
    public Func<uint> NewSsrc { get; init; } =
        static () => (uint)RandomNumberGenerator.GetInt32(100_000_000, 1_000_000_000);
}
