namespace Millrace.Testing;

/// <summary>Files of the repository that are printed from code.</summary>
internal static class Committed
{
    private const string Update = "MILLRACE_UPDATE_DOCS";

    /// <summary>Compares, or writes when the environment asks for it.</summary>
    public static void Check(string file, string printed)
    {
        string path = Path.Combine(BuiltWorker.Repository(), file);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, printed);
        }
        string committed = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        NUnit.Framework.Assert.That(committed, NUnit.Framework.Is.EqualTo(printed), $"{file} is printed from code: run this test with {Update}=1 to write it anew");
    }
}
