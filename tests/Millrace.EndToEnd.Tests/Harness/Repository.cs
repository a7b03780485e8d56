using System.Reflection;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>Where the checkout keeps what these tests start.</summary>
internal static class Repository
{
    // Tells the tests of another published server than the one in artifacts/.
    private const string ServerVariable = "MILLRACE_SERVER_DIR";
    private const string NativeVariable = "MILLRACE_NATIVE_DIR";

    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The folder with millrace-worker and libmillrace.so.</summary>
    public static string NativeFolder => Environment.GetEnvironmentVariable(NativeVariable) is { Length: > 0 } named
        ? named
        : PathOf("artifacts/native");

    public static string Worker => Path.Combine(NativeFolder, "millrace-worker");

    /// <summary>The script of the page that media tests open; tests/page is built into it.</summary>
    public static string Page => PathOf("tests/page/dist/page.js");

    /// <summary>The published server.</summary>
    public static string Server => Path.Combine(
        Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } named ? named : PathOf("artifacts/server"),
        "millrace-server.dll");

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The environment of a started server: the tests' own, without what a server takes for an option.</summary>
    public static void Prepare(IDictionary<string, string?> environment)
    {
        foreach (string name in environment.Keys.Where(k => k.StartsWith("MILLRACE_", StringComparison.Ordinal)).ToArray())
        {
            environment.Remove(name);
        }
        environment[NativeVariable] = NativeFolder;
    }
}
