using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Controller.Tests.Reference;

/// <summary>Prints the pages of docs/reference: every public type and member with its meaning.</summary>
internal sealed class ReferencePages
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly Dictionary<string, (Type Type, ReferenceGroup Group)> _types;
    private readonly Meanings _meanings;
    private readonly List<string> _missing = [];

    /// <summary>Reads the assemblies and the XML documents beside them.</summary>
    public ReferencePages(IReadOnlyList<Type> types)
    {
        _types = types.ToDictionary(
            type => MemberName.Of(type), type => (type, ReferenceGroup.All.First(group => group.Holds(type))));
        _meanings = new Meanings(
            types.Select(type => Path.ChangeExtension(type.Assembly.Location, "xml")).Distinct(), Link);
    }

    /// <summary>Members of which no comment says what they mean; complete when all pages are printed.</summary>
    public IReadOnlyList<string> Missing => _missing;

    private IEnumerable<ReferenceGroup> Groups => ReferenceGroup.All.Where(group => TypesOf(group).Any());

    /// <summary>The pages by file, the list of all of them first.</summary>
    public IReadOnlyDictionary<string, string> Print()
    {
        OrderedDictionary<string, string> pages = new() { ["README.md"] = PrintList() };
        foreach (ReferenceGroup group in Groups)
        {
            pages.Add(group.File, PrintPage(group));
        }
        return pages;
    }

    private string PrintList()
    {
        StringBuilder page = new();
        page.Append("# Reference of Millrace.Controller\n\n")
            .Append("Printed from the public API and its comments by a test (`MILLRACE_UPDATE_DOCS=1` writes it anew); ")
            .Append("[controller.md](../controller.md) is the guide.\n");
        foreach (ReferenceGroup group in Groups)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## [{group.Title}]({group.File})\n\n{group.About}\n\n");
            page.AppendJoin(", ", TypesOf(group).Select(type => $"[{Title(type)}]({group.File}#{Anchor(type)})")).Append('\n');
        }
        return page.ToString();
    }

    private string PrintPage(ReferenceGroup group)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"# {group.Title}\n\n{group.About} [All pages](README.md).\n");
        foreach (Type type in TypesOf(group))
        {
            PrintType(page, type);
        }
        return page.ToString();
    }

    private void PrintType(StringBuilder page, Type type)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {Title(type)}\n\n`{CSharpText.Declaration(type)}`");
        page.Append(CultureInfo.InvariantCulture, $"\n\n{Need(_meanings.Of(type), Title(type))}\n");
        if (_meanings.RemarksOf(type) is { } remarks)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n{remarks}\n");
        }
        if (type.IsEnum)
        {
            PrintValues(page, type);
            return;
        }
        PrintFields(page, type);
        PrintProperties(page, type);
        PrintMethods(page, type);
        PrintEvents(page, type);
    }

    private void PrintValues(StringBuilder page, Type type)
    {
        page.Append("\n| value | number | meaning |\n|---|---|---|\n");
        foreach (FieldInfo value in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{value.Name}` | {Convert.ToInt64(value.GetRawConstantValue(), CultureInfo.InvariantCulture)} | {Cell(Meaning(value))} |\n");
        }
    }

    private void PrintFields(StringBuilder page, Type type)
    {
        FieldInfo[] fields = type.GetFields(Own);
        if (fields.Length == 0)
        {
            return;
        }
        page.Append("\n| constant | value | meaning |\n|---|---|---|\n");
        foreach (FieldInfo field in fields)
        {
            string value = CSharpText.Literal(field.GetValue(null)) ?? CSharpText.TypeOf(field);
            page.Append(CultureInfo.InvariantCulture, $"| `{field.Name}` | {value} | {Cell(Meaning(field))} |\n");
        }
    }

    private void PrintProperties(StringBuilder page, Type type)
    {
        PropertyInfo[] properties = [.. type.GetProperties(Own).Where(property => property.GetMethod is { IsPublic: true } && property.Name != "EqualityContract")];
        if (properties.Length == 0)
        {
            return;
        }
        Func<PropertyInfo, string>? unset = UnsetOf(type);
        page.Append(unset is null ? "\n| property | type | meaning |\n|---|---|---|\n" : "\n| property | type | unset | meaning |\n|---|---|---|---|\n");
        foreach (PropertyInfo property in properties)
        {
            string start = unset is null ? string.Empty : $" {unset(property)} |";
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{property.Name}` | `{Cell(CSharpText.TypeOf(property))}` |{start} {Cell(Meaning(property))} |\n");
        }
    }

    // What a host may leave out, and what it then gets; null for types that hosts do not fill in.
    private static Func<PropertyInfo, string>? UnsetOf(Type type)
    {
        if (!type.Name.EndsWith("Options", StringComparison.Ordinal) && !type.Name.EndsWith("Settings", StringComparison.Ordinal))
        {
            return null;
        }
        object options = Activator.CreateInstance(type)!;
        return property => IsRequired(property)
            ? "required"
            : CSharpText.Literal(property.GetValue(options)) is { } literal ? $"`{Cell(literal)}`" : "made";
    }

    private static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(RequiredMemberAttribute));

    private void PrintMethods(StringBuilder page, Type type)
    {
        bool made = CSharpText.IsRecord(type) || type.IsAbstract;
        ConstructorInfo[] constructors = made ? [] : [.. type.GetConstructors(Own).Where(constructor => constructor.GetParameters().Length > 0)];
        MethodInfo[] methods =
        [
            .. type.GetMethods(Own)
                .Where(method => !method.IsSpecialName || method.Name.StartsWith("op_Implicit", StringComparison.Ordinal))
                .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute)))
                // What every object has says nothing.
                .Where(method => method.Name is not ("ToString" or "Equals" or "GetHashCode" or "Deconstruct")),
        ];
        if (constructors.Length + methods.Length == 0)
        {
            return;
        }
        page.Append('\n');
        foreach (ConstructorInfo constructor in constructors)
        {
            PrintCall(page, constructor, $"new {type.Name}({CSharpText.Arguments(constructor)})");
        }
        foreach (MethodInfo method in methods)
        {
            PrintCall(page, method, CSharpText.Signature(method));
            if (_meanings.AnswerOf(method) is { } answer)
            {
                page.Append(CultureInfo.InvariantCulture, $"  - answers: {answer}\n");
            }
        }
    }

    private void PrintCall(StringBuilder page, MethodBase method, string signature)
    {
        page.Append(CultureInfo.InvariantCulture, $"- `{signature}`<br>{Meaning(method)}\n");
        foreach ((string name, string meaning) in _meanings.ArgumentsOf(method))
        {
            page.Append(CultureInfo.InvariantCulture, $"  - `{name}`: {meaning}\n");
        }
        foreach ((string failure, string meaning) in _meanings.FailuresOf(method))
        {
            page.Append(CultureInfo.InvariantCulture, $"  - fails with {failure}: {meaning}\n");
        }
    }

    private void PrintEvents(StringBuilder page, Type type)
    {
        EventInfo[] events = type.GetEvents(Own);
        if (events.Length == 0)
        {
            return;
        }
        page.Append("\n| event | handler | raised when |\n|---|---|---|\n");
        foreach (EventInfo happening in events)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{happening.Name}` | `{Cell(CSharpText.TypeOf(happening))}` | {Cell(Meaning(happening))} |\n");
        }
    }

    private IEnumerable<Type> TypesOf(ReferenceGroup group) => _types.Values
        .Where(entry => entry.Group == group)
        .Select(entry => entry.Type)
        .OrderBy(Title, StringComparer.Ordinal);

    private string Meaning(MemberInfo member) => Need(_meanings.Of(member), $"{Title(member.DeclaringType!)}.{member.Name}");

    private string Need(string? meaning, string of)
    {
        if (meaning is null)
        {
            _missing.Add(of);
        }
        return meaning ?? string.Empty;
    }

    // A comment's pointer: T:Millrace.Controller.Router, M:Millrace.Controller.Router.CloseAsync(System.Threading.CancellationToken)
    private string Link(string target)
    {
        string path = target[2..].Split('(')[0];
        if (target[0] == 'T')
        {
            string text = path[(path.LastIndexOf('.') + 1)..];
            return _types.TryGetValue(target, out (Type Type, ReferenceGroup Group) entry)
                ? $"[{Title(entry.Type)}]({entry.Group.File}#{Anchor(entry.Type)})"
                : $"`{text}`";
        }
        int dot = path.LastIndexOf('.');
        string member = path[(dot + 1)..];
        string owner = path[..dot];
        return _types.TryGetValue($"T:{owner}", out (Type Type, ReferenceGroup Group) of)
            ? $"[{Title(of.Type)}.{member}]({of.Group.File}#{Anchor(of.Type)})"
            : $"`{owner[(owner.LastIndexOf('.') + 1)..]}.{member}`";
    }

    private static string Title(Type type) => type.DeclaringType is { } outer ? $"{Title(outer)}.{type.Name}" : CSharpText.Name(type);

    // As the usual Markdown renderers make them of a heading.
    private static string Anchor(Type type) =>
        string.Concat(Title(type).ToLowerInvariant().Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
