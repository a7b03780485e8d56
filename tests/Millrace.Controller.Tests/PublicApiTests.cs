namespace Millrace.Controller.Tests;

[Parallelizable]
internal sealed class PublicApiTests
{
    /// <summary>A change of the public surface is a change of this file; the failure says where the new text is.</summary>
    [Test]
    public void Surface_IsTheCommittedOne()
    {
        string actual = PublicApi.Describe(typeof(Worker).Assembly);
        string written = Path.Combine(AppContext.BaseDirectory, "Millrace.Controller.api.actual.txt");
        File.WriteAllText(written, actual);

        if (Environment.GetEnvironmentVariable("MILLRACE_UPDATE_DOCS") is not null)
        {
            File.WriteAllText(
                Path.Combine(Repository.Root, "tests", "Millrace.Controller.Tests", "data", "Millrace.Controller.api.txt"), actual);
            return;
        }
        string expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "Millrace.Controller.api.txt"));

        Assert.That(actual, Is.EqualTo(expected), $"The public surface has changed; its text now stands in {written}.");
    }
}
