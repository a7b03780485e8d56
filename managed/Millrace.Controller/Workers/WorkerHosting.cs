using Millrace.Interop;

namespace Millrace.Controller;

/// <summary>Starts workers of both kinds.</summary>
internal static class WorkerHosting
{
    private const string FolderVariable = "MILLRACE_NATIVE_DIR";
    private const string ProgramName = "millrace-worker";

    public static Task<IWorkerHost> StartAsync(WorkerOptions options, CancellationToken cancellationToken) =>
        // Starting a process or loading a library takes milliseconds of system calls: not on the caller's thread.
        Task.Run<IWorkerHost>(
            () => options.Mode switch
            {
                WorkerMode.InProcess => NativeWorker.Start(new NativeWorkerOptions
                {
                    Settings = options.Settings,
                    LibraryPath = options.Path,
                    TimeProvider = options.TimeProvider,
                }),
                WorkerMode.Process => WorkerProcess.Start(new WorkerProcessOptions
                {
                    Path = options.Path ?? DefaultProgram(),
                    Arguments = options.Settings.ToArguments(),
                    StandardOutput = options.Output,
                    StandardError = options.Output,
                    TimeProvider = options.TimeProvider,
                }),
                _ => throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "The mode is not known."),
            },
            cancellationToken);

    private static string DefaultProgram()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named
            ? named
            : AppContext.BaseDirectory;
        return Path.Combine(folder, ProgramName);
    }
}
