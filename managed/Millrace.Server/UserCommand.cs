using System.Text;
using Millrace.Server.Options;
using Millrace.Server.Users;

namespace Millrace.Server;

/// <summary><c>user add NAME</c>: asks for a password and writes its hash to the users file.</summary>
internal static class UserCommand
{
    /// <exception cref="OptionsException">The command line cannot be understood.</exception>
    /// <exception cref="UserException">Name or password cannot be used.</exception>
    public static void Run(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        if (arguments is not ["add", var name, .. var rest])
        {
            throw new OptionsException("usage: user add NAME [--data DIR]");
        }
        ServerOptions options = ServerOptionsReader.Read(rest, environment);
        UserStore.Add(options.Data, name, ReadPassword(name));
        Console.Out.WriteLine($"The user '{name}' is in {UserStore.PathIn(options.Data)}; a running server takes it at its next start.");
    }

    // From the terminal without an echo, or as one line of a pipe: never from the command line, where others can see it.
    private static string ReadPassword(string name)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() ?? string.Empty;
        }
        Console.Error.Write($"Password of {name}: ");
        StringBuilder password = new();
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace && password.Length > 0)
            {
                password.Length--;
            }
            else if (!char.IsControl(key.KeyChar))
            {
                password.Append(key.KeyChar);
            }
        }
        Console.Error.WriteLine();
        return password.ToString();
    }
}
