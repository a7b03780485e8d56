namespace Millrace.Interop;

/// <summary>
/// Finds the native files of Millrace: in the folder that MILLRACE_NATIVE_DIR names, and only there if it is
/// set; else beside the application, else where a package of it would hold them.
/// </summary>
public static class NativeFiles
{
    /// <summary>The environment variable that names the folder of the native files.</summary>
    public const string DirectoryVariable = "MILLRACE_NATIVE_DIR";

    /// <summary>The path of the worker program.</summary>
    /// <exception cref="WorkerStartException">It is nowhere to be found.</exception>
    public static string FindWorkerProgram() =>
        Find(OperatingSystem.IsWindows() ? "millrace-worker.exe" : "millrace-worker");

    /// <summary>The path of the library with the in-process worker.</summary>
    /// <exception cref="WorkerStartException">It is nowhere to be found.</exception>
    public static string FindWorkerLibrary()
    {
        if (OperatingSystem.IsWindows())
        {
            return Find("millrace.dll");
        }

        return Find(OperatingSystem.IsMacOS() ? "libmillrace.dylib" : "libmillrace.so");
    }

    private static string Find(string name)
    {
        string runtime = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        string? named = Environment.GetEnvironmentVariable(DirectoryVariable);
        string[] folders = string.IsNullOrEmpty(named)
            ? [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", runtime, "native")]
            : [named];
        return folders.Select(folder => Path.GetFullPath(Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new WorkerStartException(
                $"{name} is not in {string.Join(" or ", folders)}; set {DirectoryVariable} to the folder that holds it.");
    }
}
