using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Controller.Tests;

/// <summary>An assembly's public surface as text, one line a member, in a fixed order.</summary>
internal static class PublicApi
{
    public static string Describe(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append(" : ").Append(type.BaseType is null ? "" : Name(type.BaseType)).Append('\n');
            foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
        {
            return Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => $"{Enum.GetName(type, value)} = {value}");
        }
        return
        [
            .. type.GetConstructors(Own).Select(constructor => $"new({Arguments(constructor)})"),
            .. type.GetProperties(Own).Select(property =>
                $"{Name(property.PropertyType)} {property.Name} {{ {(property.CanRead ? "get; " : "")}{Setter(property)}}}"),
            .. type.GetEvents(Own).Select(happening => $"event {Name(happening.EventHandlerType!)} {happening.Name}"),
            .. type.GetFields(Own).Select(field => $"{Name(field.FieldType)} {field.Name}"),
            .. type.GetMethods(Own)
                .Where(method => !method.IsSpecialName || method.Name.StartsWith("op_Implicit", StringComparison.Ordinal))
                // What the compiler gives every record (equality, copies) says nothing.
                .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute)))
                .Select(method => $"{Name(method.ReturnType)} {method.Name}({Arguments(method)})"),
        ];
    }

    private static string Setter(PropertyInfo property) => property.SetMethod is { IsPublic: true } setter
        ? setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "init; " : "set; "
        : "";

    private static string Arguments(MethodBase method) => string.Join(
        ", ",
        method.GetParameters().Select(parameter =>
            $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + (parameter.DefaultValue ?? "default") : "")}"));

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }
        return type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }
}
