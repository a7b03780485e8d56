using System.Text.Json;

namespace Millrace.Server.Options;

/// <summary>
/// Puts the options together: defaults, then <c>millrace.json</c>, then the environment, then the command line. A list given in
/// a stronger place replaces the weaker one's. An unknown name is refused: a typing error must not start a server.
/// </summary>
internal static class ServerOptionsReader
{
    private const string FileName = "millrace.json";
    /// <summary>Holds the metrics' token.</summary>
    public const string MetricsTokenVariable = "MILLRACE_METRICS_TOKEN";

    private const string UsersVariable = "MILLRACE_USERS";
    private const string CertificatePasswordVariable = "MILLRACE_CERTIFICATE_PASSWORD";

    // Variables with this prefix that are no options: build and test tools, and the worker's own.
    private static readonly string[] OtherVariables =
        [UsersVariable, CertificatePasswordVariable, MetricsTokenVariable, "MILLRACE_NATIVE_DIR", "MILLRACE_SEND"];

    /// <summary>Reads all sources.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">The environment.</param>
    /// <exception cref="OptionsException">Something is unknown or cannot be read.</exception>
    public static ServerOptions Read(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        Dictionary<string, List<string>> line = ReadArguments(arguments);
        Dictionary<string, List<string>> variables = ReadEnvironment(environment);
        string data = line.GetValueOrDefault("data")?[^1] ?? variables.GetValueOrDefault("data")?[^1] ?? new ServerOptions().Data;
        Dictionary<string, List<string>> file = ReadFile(Path.Combine(data, FileName));

        ServerOptions options = new();
        foreach (ServerOption option in ServerOptionTable.All)
        {
            (string source, List<string>? values) =
                line.TryGetValue(option.Name, out List<string>? given) ? ($"--{option.Name}", given)
                : variables.TryGetValue(option.Name, out given) ? (option.Variable, given)
                : file.TryGetValue(option.Name, out given) ? ($"{FileName}: {option.Name}", given)
                : (string.Empty, null);
            foreach (string value in values ?? [])
            {
                options = Apply(option, options, source, value);
            }
        }
        return Check(options with
        {
            Users = Split(environment.GetValueOrDefault(UsersVariable)),
            CertificatePassword = environment.GetValueOrDefault(CertificatePasswordVariable),
            MetricsToken = environment.GetValueOrDefault(MetricsTokenVariable),
        });
    }

    private static ServerOptions Apply(ServerOption option, ServerOptions options, string source, string value)
    {
        try
        {
            return option.Apply(options, value);
        }
        catch (FormatException exception)
        {
            throw new OptionsException($"{source}: '{value}' {exception.Message}");
        }
    }

    private static ServerOptions Check(ServerOptions options)
    {
        foreach (Uri listener in options.Listeners)
        {
            if (listener is { Host: "localhost", Port: 0 })
            {
                throw new OptionsException($"--listen: {listener} means two addresses, which cannot share a port of their choice; use 127.0.0.1");
            }
            if (listener.Scheme == "http" && !ServerOptions.IsLoopback(listener) && !options.InsecureHttp)
            {
                throw new OptionsException($"--listen: {listener} is plain HTTP beyond loopback; use https, or --insecure-http behind a proxy");
            }
        }
        if (options.MetricsListen.Scheme == "http" && !ServerOptions.IsLoopback(options.MetricsListen) && !options.InsecureHttp)
        {
            throw new OptionsException(
                $"--metrics-listen: {options.MetricsListen} is plain HTTP beyond loopback; use https, or --insecure-http behind a proxy");
        }
        ServerOptions whole = options.InProcess ? options with { Workers = 1 } : options;
        if (whole.MediaPort != 0 && whole.MediaPort + whole.Workers - 1 > ushort.MaxValue)
        {
            throw new OptionsException($"--media-port: {whole.MediaPort} leaves no port for the last of {whole.Workers} workers");
        }
        return whole;
    }

    private static Dictionary<string, List<string>> ReadArguments(IReadOnlyList<string> arguments)
    {
        Dictionary<string, List<string>> values = [];
        for (int i = 0; i < arguments.Count; ++i)
        {
            string[] parts = arguments[i].Split('=', 2);
            ServerOption option = parts[0].StartsWith("--", StringComparison.Ordinal)
                ? Find(parts[0][2..]) ?? throw new OptionsException($"{parts[0]} is no option; --help lists them")
                : throw new OptionsException($"'{arguments[i]}' is no option; --help lists them");
            string value = parts.Length == 2 ? parts[1]
                : option.Argument is null ? "true"
                : i + 1 < arguments.Count ? arguments[++i]
                : throw new OptionsException($"--{option.Name} needs a value: {option.Argument}");
            Add(values, option, value, $"--{option.Name}");
        }
        return values;
    }

    private static Dictionary<string, List<string>> ReadEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        Dictionary<string, List<string>> values = [];
        foreach ((string name, string value) in environment)
        {
            if (!name.StartsWith("MILLRACE_", StringComparison.Ordinal) || OtherVariables.Contains(name))
            {
                continue;
            }
            ServerOption option = ServerOptionTable.All.FirstOrDefault(o => o.Variable == name)
                ?? throw new OptionsException($"{name} is no option; --help lists them");
            foreach (string one in option.Repeatable ? Split(value) : [value])
            {
                Add(values, option, one, name);
            }
        }
        return values;
    }

    private static Dictionary<string, List<string>> ReadFile(string path)
    {
        Dictionary<string, List<string>> values = [];
        if (!File.Exists(path))
        {
            return values;
        }
        using JsonDocument document = Parse(path);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            ServerOption option = Find(property.Name) ?? throw new OptionsException($"{path}: '{property.Name}' is no option");
            if (property.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in property.Value.EnumerateArray())
                {
                    Add(values, option, TextOf(item), $"{path}: {option.Name}");
                }
            }
            else
            {
                Add(values, option, TextOf(property.Value), $"{path}: {option.Name}");
            }
        }
        return values;
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new OptionsException($"{path}: an object is expected");
        }
        catch (JsonException exception)
        {
            throw new OptionsException($"{path}: {exception.Message}");
        }
    }

    private static string TextOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => element.GetRawText(),
    };

    private static void Add(Dictionary<string, List<string>> values, ServerOption option, string value, string source)
    {
        if (!values.TryGetValue(option.Name, out List<string>? list))
        {
            values.Add(option.Name, list = []);
        }
        else if (!option.Repeatable)
        {
            throw new OptionsException($"{source} is given twice");
        }
        list.Add(value);
    }

    private static ServerOption? Find(string name) => ServerOptionTable.All.FirstOrDefault(option => option.Name == name);

    private static string[] Split(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
