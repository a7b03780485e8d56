using System.Runtime.CompilerServices;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>Where the built worker is: MILLRACE_NATIVE_DIR, else artifacts/native of the repository.</summary>
internal static class NativeFolder
{
    public static string Path { get; } = Find();

    public static WorkerOptions OptionsOf(WorkerMode mode) => new()
    {
        Mode = mode,
        Path = FileOf(mode),
        Settings = new() { RtcMinPort = 20000, RtcMaxPort = 29999 },
    };

    /// <summary>The program or library, or the test is left out.</summary>
    public static string FileOf(WorkerMode mode)
    {
        string file = System.IO.Path.Combine(Path, mode == WorkerMode.InProcess ? "libmillrace.so" : "millrace-worker");
        if (!File.Exists(file))
        {
            Assert.Ignore($"{System.IO.Path.GetFileName(file)} has not been built.");
        }
        return file;
    }

    private static string Find([CallerFilePath] string source = "")
    {
        string? named = Environment.GetEnvironmentVariable("MILLRACE_NATIVE_DIR");
        if (!string.IsNullOrEmpty(named))
        {
            return System.IO.Path.GetFullPath(named);
        }
        DirectoryInfo? folder = new FileInfo(source).Directory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "millrace.slnx")))
        {
            folder = folder.Parent;
        }
        return System.IO.Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "artifacts", "native");
    }
}
