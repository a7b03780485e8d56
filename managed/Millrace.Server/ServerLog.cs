using System.Globalization;
using System.Text;
using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;
using LogLevel = NLog.LogLevel;

namespace Millrace.Server;

/// <summary>The log: one line a record, to the console and to a file that is rolled by size.</summary>
internal static class ServerLog
{
    private const long FileBytes = 10 * 1024 * 1024;
    private const int Files = 5;
    private const int LongestMessage = 1000;
    private const int LongestException = 4000;

    public static LoggingConfiguration Configure(string data)
    {
        LoggingConfiguration configuration = new();
        Layout layout = Layout.FromMethod(Line);
        ConsoleTarget console = new("console") { Layout = layout, StdErr = true };
        FileTarget file = new("file")
        {
            FileName = Path.Combine(data, "log", "millrace.log"),
            Layout = layout,
            ArchiveAboveSize = FileBytes,
            MaxArchiveFiles = Files,
            KeepFileOpen = true,
        };
        configuration.AddRule(LogLevel.Info, LogLevel.Fatal, console, "Millrace.*");
        configuration.AddRule(LogLevel.Info, LogLevel.Fatal, file, "Millrace.*");
        configuration.AddRule(LogLevel.Warn, LogLevel.Fatal, console);
        configuration.AddRule(LogLevel.Warn, LogLevel.Fatal, file);
        return configuration;
    }

    private static string Line(LogEventInfo record)
    {
        string logger = record.LoggerName ?? string.Empty;
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"{record.TimeStamp:yyyy-MM-dd HH:mm:ss.ffff} {record.Level.Name.ToUpperInvariant(),-5} ");
        line.Append(logger[(logger.LastIndexOf('.') + 1)..]).Append(' ');
        AppendPlain(line, record.FormattedMessage, LongestMessage);
        if (record.Exception is { } exception)
        {
            line.Append(" | ");
            AppendPlain(line, exception.ToString(), LongestException);
        }
        return line.ToString();
    }

    // A client's text cannot make lines of its own, colour the terminal, turn the direction of writing, or grow without end.
    private static void AppendPlain(StringBuilder line, string text, int longest)
    {
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            bool plain = CharUnicodeInfo.GetUnicodeCategory(c)
                is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            line.Append(plain ? c : ' ');
        }
    }
}
