using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Millrace.Interop.Abi;

namespace Millrace.Interop.Tests.Abi;

/// <summary>Holds the generated bindings against the header, by what clang says of it.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class BindingTests
{
    private static readonly Type[] Structures = [typeof(mr_config), typeof(mr_error)];
    private static readonly Type[] Enumerations =
        [typeof(mr_status), typeof(mr_log_level), typeof(mr_log_tag), typeof(mr_layout_entry)];

    private readonly HeaderAst _header = HeaderAst.Read();

    [Test]
    public void Functions_HaveTheHeadersNamesAndTypes()
    {
        Dictionary<string, string> bound = typeof(MillraceNative)
            .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .ToDictionary(method => method.Name, Signature);

        Assert.That(bound, Is.EquivalentTo(_header.Functions.ToDictionary(function => function.Key, function => Plain(function.Value))));
        Assert.That(bound, Is.Not.Empty);
    }

    [Test]
    public void Functions_AreCalledTheCWay()
    {
        foreach (MethodInfo method in typeof(MillraceNative).GetMethods(BindingFlags.Static | BindingFlags.Public))
        {
            DllImportAttribute import = method.GetCustomAttribute<DllImportAttribute>()!;
            Assert.That(import.CallingConvention, Is.EqualTo(CallingConvention.Cdecl), method.Name);
            Assert.That(import.Value, Is.EqualTo("millrace"), method.Name);
        }
    }

    [Test]
    public void Enumerations_HaveTheHeadersConstants()
    {
        Dictionary<string, Dictionary<string, long>> bound = Enumerations.ToDictionary(
            type => type.Name,
            type => Enum.GetNames(type).ToDictionary(name => name, name => Convert.ToInt64(Enum.Parse(type, name), null)));

        Assert.That(bound.Keys, Is.EquivalentTo(_header.Enums.Keys));
        foreach ((string name, Dictionary<string, long> constants) in _header.Enums)
        {
            Assert.That(bound[name], Is.EquivalentTo(constants), name);
        }
    }

    [Test]
    public void Macros_HaveTheHeadersValues()
    {
        Dictionary<string, long> bound = typeof(MillraceNative)
            .GetFields(BindingFlags.Static | BindingFlags.Public)
            .ToDictionary(field => field.Name, field => Convert.ToInt64(field.GetRawConstantValue(), null));

        Assert.That(bound, Is.EquivalentTo(_header.Macros));
    }

    [Test]
    public void Structures_AreLaidOutAsTheHeadersAre()
    {
        Assert.That(Structures.Select(type => type.Name), Is.EquivalentTo(_header.Records.Keys));
        foreach (Type structure in Structures)
        {
            RecordLayout layout = LayoutOf(structure);
            Assert.That(layout.Size, Is.EqualTo(_header.Records[structure.Name].Size), structure.Name);
            Assert.That(layout.Offsets, Is.EquivalentTo(_header.Records[structure.Name].Offsets), structure.Name);
        }
    }

    [Test]
    public void Enumerations_AreAsLargeAsInC() =>
        Assert.That(Enumerations.Select(Enum.GetUnderlyingType), Is.All.EqualTo(typeof(uint)));

    [Test]
    public void EveryGeneratedFile_WasMadeFromTheHeaderAndTheOptionsThatAreThere()
    {
        string[] files = Directory.GetFiles(Repository.PathOf("interop/Millrace.Interop/Generated/Abi"), "*.cs");
        string[] expected =
        [
            $"// millrace.h   sha256 {HashOf(Repository.Header)}",
            $"// millrace.rsp sha256 {HashOf(Repository.PathOf("interop/generate/millrace.rsp"))}",
        ];

        Assert.That(files, Is.Not.Empty);
        foreach (string file in files)
        {
            Assert.That(File.ReadLines(file).Skip(2).Take(2), Is.EqualTo(expected), $"{file}: run interop/generate/abi.sh");
        }
    }

    internal static RecordLayout LayoutOf(Type structure) => new(
        Marshal.SizeOf(structure),
        structure.GetFields().ToDictionary(field => field.Name, field => (long)Marshal.OffsetOf(structure, field.Name)));

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    // As clang writes types, but for const, which C# pointers do not have.
    private static string Plain(string type) => type.Replace("const ", "", StringComparison.Ordinal);

    private string Signature(MethodInfo method)
    {
        string parameters = string.Join(", ", method.GetParameters().Select(parameter => CType(parameter.ParameterType)));
        return Prototype(CType(method.ReturnType), "", parameters.Length == 0 ? "void" : parameters);
    }

    private string CType(Type type)
    {
        if (type.IsUnmanagedFunctionPointer)
        {
            string prototype = Prototype(
                CType(type.GetFunctionPointerReturnType()),
                "(*)",
                string.Join(", ", type.GetFunctionPointerParameterTypes().Select(CType)));
            return _header.Callbacks.Single(callback => Plain(callback.Value) == prototype).Key;
        }

        if (type.IsPointer)
        {
            string target = CType(type.GetElementType()!);
            return target.EndsWith('*') ? target + "*" : target + " *";
        }

        return type switch
        {
            _ when type == typeof(void) => "void",
            _ when type == typeof(uint) => "uint32_t",
            _ when type == typeof(byte) => "uint8_t",
            _ when type == typeof(sbyte) => "char",
            _ when type == typeof(nuint) => "size_t",
            _ => type.Name,
        };
    }

    private static string Prototype(string result, string name, string parameters) =>
        $"{result}{(result.EndsWith('*') ? "" : " ")}{name}({parameters})";
}
