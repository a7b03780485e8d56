using System.Runtime.CompilerServices;
using Millrace.Controller;
using Millrace.Rooms;

namespace Millrace.Testing;

/// <summary>The worker that the build made: in the folder that MILLRACE_NATIVE_DIR names, else in the repository's artifacts.</summary>
internal static class BuiltWorker
{
    public static string Folder { get; } = FindFolder();

    public static string Program => Path.Combine(Folder, "millrace-worker");

    /// <summary>A node on loopback whose worker chooses its ports.</summary>
    public static MediaNodeOptions Node => new() { Worker = new WorkerOptions { Path = Program } };

    /// <summary>The top folder of the repository.</summary>
    public static string Repository([CallerFilePath] string source = "")
    {
        DirectoryInfo? folder = new FileInfo(source).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "millrace.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository they were built from.");
    }

    private static string FindFolder() => Environment.GetEnvironmentVariable("MILLRACE_NATIVE_DIR") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.Combine(Repository(), "artifacts", "native");
}
