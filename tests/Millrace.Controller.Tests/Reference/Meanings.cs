using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Millrace.Controller.Tests.Reference;

/// <summary>What the comments in the source say about each type and member, from the assemblies' XML documents.</summary>
internal sealed partial class Meanings
{
    private readonly Dictionary<string, XElement> _members = [];
    private readonly Func<string, string> _link;

    /// <summary>Reads the documents.</summary>
    /// <param name="files">The XML files beside the assemblies.</param>
    /// <param name="link">Turns the name of a type or member that a comment points to into Markdown.</param>
    public Meanings(IEnumerable<string> files, Func<string, string> link)
    {
        _link = link;
        foreach (XElement member in files.SelectMany(file => XDocument.Load(file).Descendants("member")))
        {
            _members[member.Attribute("name")!.Value] = member;
        }
    }

    /// <summary>What a type is.</summary>
    public string? Of(Type type) => Text(Find(MemberName.Of(type))?.Element("summary"));

    /// <summary>What must be known beside it; null when nothing must.</summary>
    public string? RemarksOf(Type type) => Text(Find(MemberName.Of(type))?.Element("remarks"));

    /// <summary>What a member means; what it implements speaks for it when it says nothing itself.</summary>
    public string? Of(MemberInfo member) => Text(Find(Named(member))?.Element("summary"));

    /// <summary>What a call answers; null when its summary says it.</summary>
    public string? AnswerOf(MethodInfo method) => Text(Find(Named(method))?.Element("returns"));

    /// <summary>Its arguments that have a meaning of their own.</summary>
    public IEnumerable<(string Name, string Meaning)> ArgumentsOf(MethodBase method) =>
        (Find(Named(method))?.Elements("param") ?? [])
            .Select(argument => (argument.Attribute("name")!.Value, Text(argument) ?? string.Empty))
            .Where(argument => argument.Item2.Length > 0);

    /// <summary>How a call fails.</summary>
    public IEnumerable<(string Exception, string Meaning)> FailuresOf(MethodBase method) =>
        (Find(Named(method))?.Elements("exception") ?? [])
            .Select(failure => (_link(failure.Attribute("cref")!.Value), Text(failure) ?? string.Empty));

    private string Named(MemberInfo member)
    {
        string name = MemberName.Of(member);
        if (_members.TryGetValue(name, out XElement? own) && own.Element("inheritdoc") is null)
        {
            return name;
        }
        if (own?.Element("inheritdoc")?.Attribute("cref") is { } elsewhere)
        {
            return elsewhere.Value;
        }
        Type declaring = member.DeclaringType!;
        IEnumerable<Type> above = declaring.BaseType is { } parent ? declaring.GetInterfaces().Prepend(parent) : declaring.GetInterfaces();
        return above
            .SelectMany(type => type.GetMember(member.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(MemberName.Of)
            .FirstOrDefault(_members.ContainsKey) ?? name;
    }

    private XElement? Find(string name) => _members.GetValueOrDefault(name);

    private string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }
        StringBuilder text = new();
        Append(text, element);
        string line = Blanks().Replace(text.ToString(), " ").Trim();
        return line.Length == 0 ? null : line;
    }

    private void Append(StringBuilder text, XElement element)
    {
        foreach (XNode node in element.Nodes())
        {
            switch (node)
            {
                case XText plain:
                    text.Append(plain.Value);
                    break;
                case XElement { Name.LocalName: "see" or "seealso" } see when see.Attribute("cref") is { } target:
                    text.Append(_link(target.Value));
                    break;
                case XElement { Name.LocalName: "see" } word when word.Attribute("langword") is { } keyword:
                    text.Append('`').Append(keyword.Value).Append('`');
                    break;
                case XElement { Name.LocalName: "paramref" or "typeparamref" } argument:
                    text.Append('`').Append(argument.Attribute("name")!.Value).Append('`');
                    break;
                case XElement { Name.LocalName: "c" or "code" } code:
                    text.Append('`').Append(code.Value).Append('`');
                    break;
                case XElement other:
                    text.Append(' ');
                    Append(text, other);
                    text.Append(' ');
                    break;
            }
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
