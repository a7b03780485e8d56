using System.Runtime.CompilerServices;

namespace Millrace.Controller.Tests;

/// <summary>The repository that the tests were built from, and its files that are printed from code.</summary>
internal static class Repository
{
    private const string Update = "MILLRACE_UPDATE_DOCS";

    public static string Root { get; } = Find();

    /// <summary>Whether printed pages are written instead of compared.</summary>
    public static bool Updates => Environment.GetEnvironmentVariable(Update) == "1";

    /// <summary>Compares a page, or writes it when the environment asks for it.</summary>
    public static void Check(string file, string printed)
    {
        string path = Path.Combine(Root, file);
        if (Updates)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, printed);
        }
        string committed = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        Assert.That(committed, Is.EqualTo(printed), $"{file} is printed from code: run this test with {Update}=1 to write it anew");
    }

    private static string Find([CallerFilePath] string source = "")
    {
        DirectoryInfo? folder = new FileInfo(source).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "millrace.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository they were built from.");
    }
}
