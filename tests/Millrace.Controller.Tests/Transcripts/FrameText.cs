using System.Globalization;
using System.Text.Json.Nodes;
using FlatBuffers;

namespace Millrace.Controller.Tests.Transcripts;

/// <summary>
/// Frames of the channel as JSON and back, by the contract alone: fields at their default are left out, enums and union members
/// are names.
/// </summary>
internal static class FrameText
{
    private const int PrefixBytes = 4;

    /// <summary>Reads a frame with its length in front.</summary>
    public static JsonObject Read(byte[] frame)
    {
        ByteBuffer buffer = new(frame, PrefixBytes);
        return ReadTable(buffer, PrefixBytes + buffer.GetInt(PrefixBytes), Contract.Published.Root);
    }

    /// <summary>Writes a frame with its length in front.</summary>
    public static byte[] Write(JsonObject message)
    {
        FlatBufferBuilder builder = new(1024);
        builder.FinishSizePrefixed(WriteTable(builder, message, Contract.Published.Root));
        return builder.SizedByteArray();
    }

    private static JsonObject ReadTable(ByteBuffer buffer, int at, string name)
    {
        int vtable = at - buffer.GetInt(at);
        int size = buffer.GetUshort(vtable);
        JsonObject table = [];
        ContractMember? member = null;
        foreach (ContractField field in Contract.Published.Table(name))
        {
            int place = field.VtableOffset < size ? buffer.GetUshort(vtable + field.VtableOffset) : 0;
            if (place == 0)
            {
                continue;
            }
            if (Contract.UnionNamedBy(field) is { } union)
            {
                member = Contract.Published.Member(union, buffer.Get(at + place));
                table[field.Name] = member.Name;
            }
            else if (Contract.Published.IsUnion(field.Type))
            {
                table[field.Name] = ReadTable(buffer, Follow(buffer, at + place), member!.Type!);
            }
            else if (ReadValue(buffer, at + place, field.Type) is var value && !IsDefault(field, value))
            {
                table[field.Name] = value;
            }
        }
        return table;
    }

    private static bool IsDefault(ContractField field, JsonNode value) =>
        !field.IsOptional
        && field.Default is { } usual
        && (usual.ToJsonString() == value.ToJsonString()
            || (field.Type.Contains(':', StringComparison.Ordinal)
                && Contract.Published.NameOf(field.Type, (long)usual) is { } name
                && JsonNode.DeepEquals(JsonValue.Create(name), value)));

    private static int Follow(ByteBuffer buffer, int at) => at + buffer.GetInt(at);

    private static JsonNode ReadValue(ByteBuffer buffer, int at, string type)
    {
        if (type == "string")
        {
            int text = Follow(buffer, at);
            return JsonValue.Create(buffer.GetStringUTF8(text + sizeof(int), buffer.GetInt(text)));
        }
        if (type[0] == '[')
        {
            int vector = Follow(buffer, at);
            string item = type[1..^1];
            int stride = SizeOf(item);
            return new JsonArray(
                [.. Enumerable.Range(0, buffer.GetInt(vector)).Select(i => ReadValue(buffer, vector + sizeof(int) + (i * stride), item))]);
        }
        if (Contract.Published.IsTable(type))
        {
            return ReadTable(buffer, Follow(buffer, at), type);
        }
        JsonValue value = ReadScalar(buffer, at, Contract.Scalar(type));
        return type.Contains(':', StringComparison.Ordinal) && Contract.Published.NameOf(type, (byte)value) is { } name
            ? JsonValue.Create(name)
            : value;
    }

    private static JsonValue ReadScalar(ByteBuffer buffer, int at, string type) => type switch
    {
        "bool" => JsonValue.Create(buffer.Get(at) != 0),
        "uint8" => JsonValue.Create(buffer.Get(at)),
        "int8" => JsonValue.Create(buffer.GetSbyte(at)),
        "uint16" => JsonValue.Create(buffer.GetUshort(at)),
        "int16" => JsonValue.Create(buffer.GetShort(at)),
        "uint32" => JsonValue.Create(buffer.GetUint(at)),
        "int32" => JsonValue.Create(buffer.GetInt(at)),
        "uint64" => JsonValue.Create(buffer.GetUlong(at)),
        "int64" => JsonValue.Create(buffer.GetLong(at)),
        "float" => JsonValue.Create(buffer.GetFloat(at)),
        "double" => JsonValue.Create(buffer.GetDouble(at)),
        _ => throw new FormatException($"The contract has no scalar {type}."),
    };

    private static int SizeOf(string type) => Contract.Scalar(type) switch
    {
        "bool" or "uint8" or "int8" => 1,
        "uint16" or "int16" => 2,
        "uint64" or "int64" or "double" => 8,
        _ => 4,
    };

    private static int WriteTable(FlatBufferBuilder builder, JsonObject values, string name)
    {
        IReadOnlyList<ContractField> fields = Contract.Published.Table(name);
        Dictionary<ContractField, int> offsets = [];
        string? union = null;
        foreach (ContractField field in fields.Where(field => values.ContainsKey(field.Name)))
        {
            if (Contract.UnionNamedBy(field) is { } named)
            {
                union = Contract.Published.Member(named, (string)values[field.Name]!).Type;
            }
            else if (WriteBelow(builder, values[field.Name]!, field.Type, union) is { } offset)
            {
                offsets.Add(field, offset);
            }
        }
        builder.StartTable(fields.Count);
        // Large fields first keeps them aligned; any order is right.
        foreach (ContractField field in fields.Where(field => values.ContainsKey(field.Name)).OrderByDescending(field => SizeOf(field.Type)))
        {
            if (offsets.TryGetValue(field, out int offset))
            {
                builder.AddOffset(field.Slot, offset, 0);
            }
            else
            {
                AddScalar(builder, field, values[field.Name]!);
            }
        }
        return builder.EndTable();
    }

    // What stands outside of the table that points to it: text, lists, other tables. Null for what stands in it.
    private static int? WriteBelow(FlatBufferBuilder builder, JsonNode value, string type, string? union)
    {
        if (Contract.Published.IsUnion(type))
        {
            return WriteTable(builder, value.AsObject(), union!);
        }
        if (type == "string")
        {
            return builder.CreateString((string)value!).Value;
        }
        if (Contract.Published.IsTable(type))
        {
            return WriteTable(builder, value.AsObject(), type);
        }
        return type[0] == '[' ? WriteVector(builder, value.AsArray(), type[1..^1]) : null;
    }

    private static int WriteVector(FlatBufferBuilder builder, JsonArray items, string type)
    {
        int[] offsets = [.. items.Select(item => WriteBelow(builder, item!, type, union: null)).OfType<int>()];
        int size = SizeOf(type);
        builder.StartVector(size, items.Count, size);
        for (int i = items.Count - 1; i >= 0; --i)
        {
            if (offsets.Length > 0)
            {
                builder.AddOffset(offsets[i]);
                continue;
            }
            switch (size)
            {
                case 1:
                    builder.AddByte((byte)Number(type, items[i]!));
                    break;
                case 2:
                    builder.AddUshort((ushort)Number(type, items[i]!));
                    break;
                default:
                    builder.AddInt((int)Number(type, items[i]!));
                    break;
            }
        }
        return builder.EndVector().Value;
    }

    private static void AddScalar(FlatBufferBuilder builder, ContractField field, JsonNode value)
    {
        builder.ForceDefaults = true;
        switch (Contract.UnionNamedBy(field) is null ? Contract.Scalar(field.Type) : "union")
        {
            case "union":
                builder.AddByte(field.Slot, Contract.Published.Member(Contract.UnionNamedBy(field)!, (string)value!).Value, 0);
                break;
            case "bool":
                builder.AddBool(field.Slot, (bool)value, false);
                break;
            case "uint8" or "int8":
                builder.AddByte(field.Slot, unchecked((byte)Number(field.Type, value)), 0);
                break;
            case "uint16" or "int16":
                builder.AddUshort(field.Slot, unchecked((ushort)Number(field.Type, value)), 0);
                break;
            case "uint32" or "int32":
                builder.AddUint(field.Slot, unchecked((uint)Number(field.Type, value)), 0);
                break;
            case "uint64" or "int64":
                builder.AddUlong(field.Slot, unchecked((ulong)Number(field.Type, value)), 0);
                break;
            case "float":
                builder.AddFloat(field.Slot, (float)Real(value), 0);
                break;
            case "double":
                builder.AddDouble(field.Slot, Real(value), 0);
                break;
            default:
                throw new FormatException($"The contract has no scalar {field.Type}.");
        }
    }

    private static long Number(string type, JsonNode value) => value.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.String => Contract.Published.ValueOf(type, (string)value!),
        System.Text.Json.JsonValueKind.True => 1,
        System.Text.Json.JsonValueKind.False => 0,
        _ => long.Parse(value.ToJsonString(), NumberStyles.Integer, CultureInfo.InvariantCulture),
    };

    private static double Real(JsonNode value) => double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
