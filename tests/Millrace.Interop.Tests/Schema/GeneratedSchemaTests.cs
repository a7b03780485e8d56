namespace Millrace.Interop.Tests.Schema;

internal sealed class GeneratedSchemaTests
{
    [Test]
    public void CommittedTypes_AreWhatTheSchemaGenerates()
    {
        string fresh = Directory.CreateTempSubdirectory("millrace-schema").FullName;
        try
        {
            Repository.Run("bash", Repository.PathOf("interop/generate/schema.sh"), fresh);

            Assert.That(Read(Repository.PathOf("interop/Millrace.Interop/Generated/Schema")), Is.EqualTo(Read(fresh)));
        }
        finally
        {
            Directory.Delete(fresh, recursive: true);
        }
    }

    private static SortedDictionary<string, string> Read(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllText),
        StringComparer.Ordinal);
}
