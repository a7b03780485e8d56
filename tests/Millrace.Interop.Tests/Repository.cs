using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Millrace.Interop.Tests;

/// <summary>The source tree the tests were built from, and the programs they hold it against.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string Header => PathOf("interop/abi/millrace.h");

    /// <summary>The folder with millrace-worker and libmillrace.so.</summary>
    public static string NativeDirectory =>
        Environment.GetEnvironmentVariable(NativeFiles.DirectoryVariable) is { Length: > 0 } named
            ? named
            : PathOf("artifacts/native");

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    public static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, () => $"{program} {string.Join(' ', arguments)}\n{errors}");
        return output;
    }

    /// <summary>Runs clang over the C header as a generator of bindings sees it.</summary>
    public static string RunClang(params string[] arguments)
    {
        string folders = Environment.GetEnvironmentVariable("PATH") ?? "";
        string? clang = new[] { "clang-19", "clang", "clang-14" }
            .FirstOrDefault(name => folders.Split(':').Any(folder => File.Exists(Path.Combine(folder, name))));
        Assert.That(clang, Is.Not.Null, "clang is not installed");
        return Run(clang!, ["-x", "c", "-std=c11", "-DMILLRACE_API=", .. arguments, Header]);
    }
}
