using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Millrace.Controller.Tests.Reference;

/// <summary>Types, members and values as a C# programmer writes them.</summary>
internal static class CSharpText
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
    };

    public static string Name(Type type) => Name(type, info: null);

    public static string TypeOf(PropertyInfo property) => Name(property.PropertyType, Nullability.Create(property));

    public static string TypeOf(EventInfo happening) => Name(happening.EventHandlerType!, Nullability.Create(happening)).TrimEnd('?');

    public static string TypeOf(FieldInfo field) => Name(field.FieldType, Nullability.Create(field));

    public static string Signature(MethodInfo method)
    {
        string result = Name(method.ReturnType, Nullability.Create(method.ReturnParameter));
        string fixedly = method.IsStatic ? "static " : string.Empty;
        return method.Name.StartsWith("op_Implicit", StringComparison.Ordinal)
            ? $"implicit operator {result}({Arguments(method)})"
            : $"{fixedly}{result} {method.Name}({Arguments(method)})";
    }

    public static string Arguments(MethodBase method) => string.Join(", ", method.GetParameters().Select(Argument));

    /// <summary>The first line of a declaration.</summary>
    public static string Declaration(Type type)
    {
        string name = type.IsNested ? $"{type.DeclaringType!.Name}.{Name(type)}" : Name(type);
        if (type.IsEnum)
        {
            return $"enum {name}";
        }
        if (type.IsInterface)
        {
            return $"interface {name}";
        }
        string manner = type switch
        {
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsValueType: true } => IsRecord(type) ? "record struct" : "struct",
            { IsAbstract: true } => IsRecord(type) ? "abstract record" : "abstract class",
            _ => IsRecord(type) ? "record" : "class",
        };
        string[] above =
        [
            .. type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [Name(parent)] : Array.Empty<string>(),
            .. type.GetInterfaces().Where(i => i == typeof(IAsyncDisposable) || i == typeof(IDisposable)).Select(Name),
        ];
        return $"{manner} {name}{(above.Length == 0 ? string.Empty : $" : {string.Join(", ", above)}")}";
    }

    public static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    /// <summary>A value as a literal; null when it says nothing worth printing.</summary>
    public static string? Literal(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string { Length: 0 } => "\"\"",
        string text => $"\"{text}\"",
        Enum choice => $"{choice.GetType().Name}.{choice}",
        TimeSpan time => FormattableString.Invariant($"{time.TotalSeconds} s"),
        IEnumerable many => many.Cast<object>().Any() ? null : "empty",
        IFormattable number when Keywords.ContainsKey(number.GetType()) => number.ToString("#,0.###", CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Argument(ParameterInfo parameter)
    {
        string text = $"{Name(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}";
        if (!parameter.HasDefaultValue)
        {
            return text;
        }
        object? value = parameter.DefaultValue;
        string literal = value is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? "default"
            : Literal(value) ?? "default";
        return $"{text} = {literal}";
    }

    private static string Name(Type type, NullabilityInfo? info)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return $"{Name(underlying)}?";
        }
        string mark = info is { ReadState: NullabilityState.Nullable } && !type.IsValueType ? "?" : string.Empty;
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, info?.ElementType)}[]{mark}";
        }
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword + mark;
        }
        if (!type.IsGenericType)
        {
            return type.Name + mark;
        }
        Type[] arguments = type.GetGenericArguments();
        if (type.IsAssignableTo(typeof(ITuple)))
        {
            return $"({string.Join(", ", arguments.Select(Name))}){mark}";
        }
        IEnumerable<string> names = arguments.Select((argument, index) =>
            Name(argument, info is not null && index < info.GenericTypeArguments.Length ? info.GenericTypeArguments[index] : null));
        return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", names)}>{mark}";
    }
}
