using System.Runtime.CompilerServices;

namespace Millrace.Tidy.Tests;

/// <summary>The checkout that the rules are held against.</summary>
internal static class Repository
{
    private static readonly string[] Skipped =
        ["artifacts", "node_modules", ".git", "dist", "bin", "obj"];

    /// <summary>The folder that holds <c>build.sh</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Files under <paramref name="folder"/> with one of the endings, as paths from the root with slashes.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings)
    {
        string start = Path.Combine(Root, folder);
        if (!Directory.Exists(start))
        {
            return [];
        }

        return Walk(start)
            .Where(path => endings.Length == 0 || endings.Any(e => path.EndsWith(e, StringComparison.Ordinal)))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
    }

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool IsGenerated(string file) => file.Contains("/Generated/", StringComparison.Ordinal);

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            yield return file;
        }

        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            if (Skipped.Contains(Path.GetFileName(child)))
            {
                continue;
            }

            foreach (string file in Walk(child))
            {
                yield return file;
            }
        }
    }

    // The tests may be built anywhere; this file stands where it stands.
    private static string FindRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}
