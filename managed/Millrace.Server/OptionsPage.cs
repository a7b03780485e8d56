using System.Text;
using Millrace.Server.Options;

namespace Millrace.Server;

/// <summary>The options as a help text and as a page of the documentation.</summary>
internal static class OptionsPage
{
    /// <summary>What <c>--help</c> prints.</summary>
    public static string Help()
    {
        StringBuilder text = new();
        text.AppendLine("usage: ./build.sh run [options]").AppendLine();
        foreach (ServerOption option in ServerOptionTable.All)
        {
            string name = option.Argument is null ? $"--{option.Name}" : $"--{option.Name} {option.Argument}";
            text.AppendLine($"  {name,-26} {option.Sentence}").AppendLine($"  {string.Empty,-26} Default: {option.Default}.");
        }
        return text.ToString();
    }

    /// <summary>The text of <c>docs/OPTIONS.md</c>.</summary>
    public static string Markdown()
    {
        StringBuilder text = new();
        text.Append("""
            # Options

            Printed from the server's own table; `./build.sh run --help` shows the same. Each option is a flag, a key of
            `millrace.json` in the data folder, and an environment variable; the command line is stronger than the environment, and that
            than the file. Options that may be repeated are lists in the file and separated by commas in the environment.

            | flag | environment | default | what it does |
            |---|---|---|---|

            """);
        foreach (ServerOption option in ServerOptionTable.All)
        {
            string argument = option.Argument is null ? string.Empty : $" {option.Argument}";
            string repeat = option.Repeatable ? " (repeatable)" : string.Empty;
            text.Append($"| `--{option.Name}{argument}`{repeat} | `{option.Variable}` | {option.Default} | {option.Sentence} |\n");
        }
        text.Append("""

            Secrets come from the environment or from files of mode 0600, never from the command line:

            | environment | what it does |
            |---|---|
            | `MILLRACE_USERS` | Users as `name:password,name:password`; the users file is then not read. |
            | `MILLRACE_CERTIFICATE_PASSWORD` | Password of a PFX certificate. |
            | `MILLRACE_METRICS_TOKEN` | Bearer token for /metrics, 16 to 512 printable characters; the token file is then not read. |
            | `MILLRACE_NATIVE_DIR` | Folder of `millrace-worker` and `libmillrace.so`; `./build.sh run` sets it. |

            Users of the users file are added with `./build.sh user add NAME`. With neither, the first start makes the user `admin` with a
            random password, shows it once, and keeps its hash.

            """);
        return text.ToString().ReplaceLineEndings("\n");
    }
}
