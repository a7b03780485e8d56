using System.Reflection;
using Millrace.Interop;

namespace Millrace.Controller.Tests.Reference;

/// <summary>The pages of docs/reference are what the public API is today, and leave nothing unexplained.</summary>
[Parallelizable]
internal sealed class ReferenceTests
{
    private static readonly Type[] Types =
    [
        .. typeof(Worker).Assembly.GetExportedTypes(),
        // What hosts of the controller meet of the assembly below it.
        typeof(IWorkerHost), typeof(WorkerExit), typeof(WorkerLogLevel), typeof(WorkerLogTags), typeof(WorkerSettings), typeof(WorkerStartException),
    ];

    [Test]
    public void EveryPublicMember_HasAMeaning()
    {
        ReferencePages pages = new(Types);

        pages.Print();

        Assert.That(pages.Missing, Is.Empty);
    }

    [Test]
    public void EveryTypeOfASignature_IsOnAPage()
    {
        HashSet<Type> known = [.. Types];

        string[] strange =
        [
            .. Types.SelectMany(Mentioned).Distinct()
                .Where(type => type.Namespace!.StartsWith("Millrace", StringComparison.Ordinal) && !known.Contains(type))
                .Select(type => type.FullName!),
        ];

        Assert.That(strange, Is.Empty);
    }

    [Test]
    public void Pages_AreTheCommittedOnes()
    {
        IReadOnlyDictionary<string, string> pages = new ReferencePages(Types).Print();

        Assert.Multiple(() =>
        {
            foreach ((string file, string text) in pages)
            {
                Repository.Check($"docs/reference/{file}", text);
            }
        });
        string[] stray = [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs/reference")).Select(f => Path.GetFileName(f)!).Except(pages.Keys)];
        Assert.That(stray, Is.Empty);
    }

    private static IEnumerable<Type> Mentioned(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
        return type.GetProperties(All).Select(property => property.PropertyType)
            .Concat(type.GetEvents(All).Select(happening => happening.EventHandlerType!))
            .Concat(type.GetMethods(All).SelectMany(method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType)))
            .SelectMany(Parts);
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts)
        : [type];
}
