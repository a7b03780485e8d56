using System.Collections;
using Millrace.Server;
using Millrace.Server.Options;
using Millrace.Server.Users;

// Exit codes: 0 after a wanted end, 2 for settings that cannot be used.
const int BadSettings = 2;
Dictionary<string, string> environment = Environment.GetEnvironmentVariables()
    .Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? string.Empty);
try
{
    switch (args)
    {
        case ["--help" or "help", ..]:
            await Console.Out.WriteAsync(OptionsPage.Help());
            break;
        case ["user", .. string[] rest]:
            UserCommand.Run(rest, environment);
            break;
        default:
            await ServerHost.RunAsync(ServerOptionsReader.Read(args, environment));
            break;
    }
    return 0;
}
catch (Exception exception) when (exception is OptionsException or UserException)
{
    await Console.Error.WriteLineAsync($"millrace: {exception.Message}");
    return BadSettings;
}
