namespace Millrace.Interop;

/// <summary>How a worker process is started, listened to and ended.</summary>
public sealed record WorkerProcessOptions
{
    /// <summary>The worker program: a path, or a name looked up in PATH.</summary>
    public required string Path { get; init; }

    /// <summary>Its arguments without the program's name; <see cref="WorkerSettings.ToArguments"/> makes them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>
    /// Variables set, or with null taken away, on top of this process's own environment. Of the variables named
    /// MILLRACE_... the worker inherits only its own (MILLRACE_SEND, MILLRACE_CORE_DUMPS). MEDIASOUP_VERSION,
    /// which a worker demands, is set unless it stands here.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Takes each line of the worker's standard output, on a thread of the worker's; must not block.</summary>
    public Action<string>? StandardOutput { get; init; }

    /// <summary>Takes each line of the worker's standard error, on a thread of the worker's; must not block.</summary>
    public Action<string>? StandardError { get; init; }

    /// <summary>How long a worker may take to end once its channel has ended, before it gets SIGTERM.</summary>
    public TimeSpan EndOfFileGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a worker may take to end after SIGTERM, before it gets SIGKILL.</summary>
    public TimeSpan TerminateGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock of the two deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
