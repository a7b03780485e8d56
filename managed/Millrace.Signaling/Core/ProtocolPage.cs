using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Millrace.Signaling.Core;

/// <summary>Prints a table of signals as a page of the documentation: what is not in the table is not on the page.</summary>
internal static class ProtocolPage
{
    /// <summary>The table in Markdown.</summary>
    /// <param name="table">The protocol's signals.</param>
    /// <param name="pushed">Signals that clients send and the server sends too, of its own accord.</param>
    /// <param name="workerMethods">What the worker is asked because of a signal.</param>
    public static string Print<TSession>(
        SignalTable<TSession> table, IReadOnlySet<string> pushed, IReadOnlyDictionary<string, string> workerMethods)
        where TSession : ISignalSession
    {
        StringBuilder text = new();
        text.Append("| signal | direction | who may | request | answer or message | worker | what it is |\n");
        text.Append("|---|---|---|---|---|---|---|\n");
        foreach (SignalRow<TSession> row in table)
        {
            string direction = row.Permission == Permission.Server ? "S→C" : pushed.Contains(row.Name) ? "C→S, S→C" : "C→S";
            string worker = workerMethods.TryGetValue(row.Name, out string? method) ? $"`{method}`" : "–";
            text.Append($"| `{row.Name}` | {direction} | {Who(row.Permission)} | {Shape(row.Request)} | {Reply(row)} | {worker} | {row.Sentence} |\n");
        }
        return text.ToString();
    }

    private static string Who(Permission permission) => permission switch
    {
        Permission.Anyone => "everybody",
        Permission.Registered => "registered",
        Permission.Caller => "a person's client",
        Permission.Member => "member of the room",
        Permission.Owner => "member, for its own",
        Permission.Server => "–",
        _ => throw new UnreachableException(),
    };

    private static string Reply<TSession>(SignalRow<TSession> row) => row.Answer switch
    {
        Answer.Body => Shape(row.Reply),
        Answer.Empty => "no body",
        Answer.Told => "a message that follows",
        Answer.None => row.Permission == Permission.Server ? Shape(row.Reply) : "none",
        _ => throw new UnreachableException(),
    };

    private static string Shape(JsonTypeInfo? shape) => shape switch
    {
        null => "–",
        { Kind: JsonTypeInfoKind.Enumerable } => $"array of {Name(shape.ElementType!)}",
        { Properties.Count: 0 } => "`{}`",
        _ => string.Join(", ", shape.Properties.Where(p => p.Get is not null || p.Set is not null).Select(Member)),
    };

    // name, or name? where it may be left out.
    private static string Member(JsonPropertyInfo property)
    {
        bool required = property.IsRequired || property.AssociatedParameter is { IsMemberInitializer: false, HasDefaultValue: false };
        bool nullable = Nullable.GetUnderlyingType(property.PropertyType) is not null || property.IsGetNullable;
        return $"`{property.Name}{(required && !nullable ? string.Empty : "?")}` {Name(property.PropertyType)}";
    }

    private static string Name(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsGenericType)
        {
            Type[] arguments = plain.GetGenericArguments();
            return arguments.Length == 1 ? $"array of {Name(arguments[0])}" : "map";
        }
        return Type.GetTypeCode(plain) switch
        {
            _ when plain.IsEnum => string.Join('/', Enum.GetNames(plain).Select(name => name.ToLowerInvariant())),
            TypeCode.String => "text",
            TypeCode.Boolean => "boolean",
            TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt32 or TypeCode.Double => "number",
            _ => plain == typeof(JsonElement) ? "object" : plain.Name,
        };
    }
}
