namespace Millrace.Server;

/// <summary>What the host itself logs.</summary>
internal static partial class ServerHostLog
{
    [LoggerMessage(1, LogLevel.Warning, "Media worker {Number} said: {Line}")]
    public static partial void WorkerSaid(ILogger logger, int number, string line);
}
