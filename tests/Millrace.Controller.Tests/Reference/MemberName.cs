using System.Reflection;

namespace Millrace.Controller.Tests.Reference;

/// <summary>The name under which the compiler files the meaning of a type or member in an assembly's XML document.</summary>
internal static class MemberName
{
    public static string Of(Type type) => $"T:{Path(type)}";

    public static string Of(MemberInfo member) => member switch
    {
        PropertyInfo property => $"P:{Path(property.DeclaringType!)}.{property.Name}",
        EventInfo happening => $"E:{Path(happening.DeclaringType!)}.{happening.Name}",
        FieldInfo field => $"F:{Path(field.DeclaringType!)}.{field.Name}",
        ConstructorInfo constructor => $"M:{Path(constructor.DeclaringType!)}.#ctor{Arguments(constructor)}",
        MethodInfo method => $"M:{Path(method.DeclaringType!)}.{method.Name}{Arguments(method)}{Conversion(method)}",
        _ => throw new ArgumentException($"{member} is no member that is filed.", nameof(member)),
    };

    private static string Conversion(MethodInfo method) =>
        method.Name.StartsWith("op_", StringComparison.Ordinal) && method.Name.EndsWith("licit", StringComparison.Ordinal)
            ? $"~{Argument(method.ReturnType)}"
            : string.Empty;

    private static string Arguments(MethodBase method)
    {
        string[] arguments = [.. method.GetParameters().Select(parameter => Argument(parameter.ParameterType))];
        return arguments.Length == 0 ? string.Empty : $"({string.Join(',', arguments)})";
    }

    private static string Argument(Type type)
    {
        if (type.IsArray)
        {
            return $"{Argument(type.GetElementType()!)}[]";
        }
        if (type.IsByRef)
        {
            return $"{Argument(type.GetElementType()!)}@";
        }
        if (type.IsGenericParameter)
        {
            return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        }
        if (!type.IsGenericType)
        {
            return Path(type);
        }
        string name = Path(type.GetGenericTypeDefinition());
        return $"{name[..name.LastIndexOf('`')]}{{{string.Join(',', type.GetGenericArguments().Select(Argument))}}}";
    }

    private static string Path(Type type) => (type.FullName ?? type.Name).Replace('+', '.');
}
