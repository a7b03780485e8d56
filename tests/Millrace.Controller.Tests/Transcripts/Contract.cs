using System.Text.Json.Nodes;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>The published contract of the channel: tables, unions and enums by name, from tests/data/worker-protocol.json.</summary>
internal sealed class Contract
{
    private const string UnionMark = "(type)";

    private readonly Dictionary<string, IReadOnlyList<ContractField>> _tables;
    private readonly Dictionary<string, IReadOnlyList<ContractMember>> _unions;
    private readonly Dictionary<string, Dictionary<string, long>> _enums;

    private Contract(JsonNode root)
    {
        Root = (string)root["root"]!;
        _tables = root["tables"]!.AsObject().ToDictionary(
            table => table.Key, IReadOnlyList<ContractField> (table) => [.. table.Value!["fields"]!.AsArray().Select(Field)]);
        _unions = root["unions"]!.AsObject().ToDictionary(
            union => union.Key,
            IReadOnlyList<ContractMember> (union) =>
            [
                .. union.Value!["members"]!.AsArray().Select(member =>
                    new ContractMember((string)member!["name"]!, (byte)(int)member["value"]!, (string?)member["type"])),
            ]);
        _enums = root["enums"]!.AsObject().ToDictionary(
            entry => entry.Key,
            entry => entry.Value!["values"]!.AsObject().ToDictionary(value => value.Key, value => (long)value.Value!));
    }

    public static Contract Published { get; } = new(
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "data", "worker-protocol.json")))!);

    public string Root { get; }

    public IReadOnlyList<ContractField> Table(string name) => _tables[name];

    public bool IsTable(string type) => _tables.ContainsKey(type);

    public bool IsUnion(string type) => _unions.ContainsKey(type);

    /// <summary>The union whose member a field names; null for other fields.</summary>
    public static string? UnionNamedBy(ContractField field) =>
        field.Type.EndsWith(UnionMark, StringComparison.Ordinal) ? field.Type[..^UnionMark.Length] : null;

    public ContractMember Member(string union, byte value) => _unions[union].Single(member => member.Value == value);

    public ContractMember Member(string union, string name) => _unions[union].Single(member => member.Name == name);

    /// <summary>The name of an enum's value; null for types that are no enum and for values it does not know.</summary>
    public string? NameOf(string type, long value) =>
        _enums.TryGetValue(EnumOf(type), out Dictionary<string, long>? values)
            ? values.FirstOrDefault(entry => entry.Value == value).Key
            : null;

    public long ValueOf(string type, string name) => _enums[EnumOf(type)][name];

    /// <summary>The scalar that travels: an enum's underlying type, or the type itself.</summary>
    public static string Scalar(string type) => type[(type.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static string EnumOf(string type) => type.Split(':')[0];

    private static ContractField Field(JsonNode? field) => new(
        (string)field!["name"]!,
        (int)field["id"]!,
        (int)field["vtable_offset"]!,
        (string)field["type"]!,
        (bool?)field["optional"] ?? false,
        field["default"]);
}

/// <summary>A field of a table.</summary>
internal sealed record ContractField(string Name, int Slot, int VtableOffset, string Type, bool IsOptional, JsonNode? Default);

/// <summary>A member of a union; without a type only for NONE.</summary>
internal sealed record ContractMember(string Name, byte Value, string? Type);
