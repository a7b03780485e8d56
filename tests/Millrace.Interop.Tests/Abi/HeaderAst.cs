using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Millrace.Interop.Tests.Abi;

/// <summary>What clang reads in millrace.h; it knows nothing of the generator of the bindings.</summary>
internal sealed partial class HeaderAst
{
    /// <summary>C signatures by function name, such as <c>mr_status (mr_worker *)</c>.</summary>
    public Dictionary<string, string> Functions { get; } = [];

    /// <summary>Constants of the enumerations by the enumeration's name.</summary>
    public Dictionary<string, Dictionary<string, long>> Enums { get; } = [];

    /// <summary>Function pointer types by name.</summary>
    public Dictionary<string, string> Callbacks { get; } = [];

    /// <summary>The structures with fields.</summary>
    public Dictionary<string, RecordLayout> Records { get; } = [];

    /// <summary>The macros with a number.</summary>
    public Dictionary<string, long> Macros { get; } = [];

    public static HeaderAst Read()
    {
        HeaderAst header = new();
        using JsonDocument ast = JsonDocument.Parse(
            Repository.RunClang("-fsyntax-only", "-Xclang", "-ast-dump=json"),
            new JsonDocumentOptions { MaxDepth = 256 });
        foreach (JsonElement node in ast.RootElement.GetProperty("inner").EnumerateArray())
        {
            header.AddDeclaration(node);
        }

        header.AddRecords(Repository.RunClang("-fsyntax-only", "-Xclang", "-fdump-record-layouts-complete"));
        foreach (Match macro in MacroLine().Matches(Repository.RunClang("-E", "-dM")))
        {
            header.Macros[macro.Groups["name"].Value] = Number(macro.Groups["value"].Value);
        }

        return header;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string TypeOf(JsonElement node) => node.GetProperty("type").GetProperty("qualType").GetString()!;

    private void AddDeclaration(JsonElement node)
    {
        string name = node.TryGetProperty("name", out JsonElement property) ? property.GetString()! : "";
        if (!name.StartsWith("mr_", StringComparison.Ordinal))
        {
            return;
        }

        switch (node.GetProperty("kind").GetString())
        {
            case "FunctionDecl":
                Functions[name] = TypeOf(node);
                break;
            case "TypedefDecl" when TypeOf(node).Contains("(*)", StringComparison.Ordinal):
                Callbacks[name] = TypeOf(node);
                break;
            case "EnumDecl":
                AddEnum(name, node);
                break;
        }
    }

    private void AddEnum(string name, JsonElement node)
    {
        Dictionary<string, long> constants = [];
        long next = 0;
        foreach (JsonElement constant in node.GetProperty("inner").EnumerateArray())
        {
            if (constant.TryGetProperty("inner", out JsonElement initializer))
            {
                next = Number(initializer[0].GetProperty("value").GetString()!);
            }

            constants[constant.GetProperty("name").GetString()!] = next++;
        }

        Enums[name] = constants;
    }

    private void AddRecords(string dump)
    {
        foreach (string text in dump.Split("*** Dumping AST Record Layout").Skip(1))
        {
            string name = RecordName().Match(text).Groups["name"].Value;
            if (name.StartsWith("mr_", StringComparison.Ordinal))
            {
                Records[name] = new RecordLayout(
                    Number(RecordSize().Match(text).Groups["size"].Value),
                    FieldLine().Matches(text).ToDictionary(
                        field => field.Groups["name"].Value,
                        field => Number(field.Groups["offset"].Value)));
            }
        }
    }

    [GeneratedRegex(@"^#define (?<name>MR_\w+) (?<value>\d+)$", RegexOptions.Multiline)]
    private static partial Regex MacroLine();

    [GeneratedRegex(@"^ +0 \| struct (?<name>\w+)$", RegexOptions.Multiline)]
    private static partial Regex RecordName();

    [GeneratedRegex(@"sizeof=(?<size>\d+)")]
    private static partial Regex RecordSize();

    [GeneratedRegex(@"^ +(?<offset>\d+) \|   [^ ].*[ *](?<name>\w+)$", RegexOptions.Multiline)]
    private static partial Regex FieldLine();
}
