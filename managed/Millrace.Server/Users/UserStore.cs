using System.Security.Cryptography;
using Millrace.Rooms;

namespace Millrace.Server.Users;

/// <summary>
/// The users and the hashes of their passwords: those of the environment, or those of the users file (one a line, name and
/// hash separated by a colon). Without either, one user with a random password is made and shown once.
/// </summary>
internal sealed class UserStore
{
    private const string FileName = "users";
    private const int LongestName = 64;
    private const int ShortestPassword = 8;

    // Passwords that are the first guess of everybody who has read a manual.
    private static readonly string[] Guessable =
        ["taoyao", "123456", "12345678", "password", "lqf", "admin", "administrator", "millrace", "root", "qwertyui"];

    private readonly Dictionary<string, PasswordHash> _users;

    private UserStore(Dictionary<string, PasswordHash> users) => _users = users;

    /// <summary>The file that <c>user add</c> writes.</summary>
    public static string PathIn(string data) => Path.Combine(data, FileName);

    /// <summary>The hash of a user's password, or null.</summary>
    public PasswordHash? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>Loads the users.</summary>
    /// <param name="fromEnvironment">name:password pairs; when there are any, the file is not read.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="show">Shows the generated password, once.</param>
    /// <exception cref="UserException">A line or pair cannot be used.</exception>
    public static UserStore Load(IReadOnlyList<string> fromEnvironment, string data, Action<string> show)
    {
        if (fromEnvironment.Count > 0)
        {
            return Of(fromEnvironment.Select(ParsePair).Select(p => KeyValuePair.Create(p.Name, PasswordHash.Create(p.Password))), "MILLRACE_USERS");
        }
        string path = PathIn(data);
        if (!File.Exists(path))
        {
            string password = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 16);
            Add(data, "admin", password);
            show($"Made the user 'admin' with the password {password} (shown this once; ./build.sh user add NAME makes others).");
        }
        return Of(File.ReadLines(path).Where(line => line.Length > 0).Select(ParseLine), "the users file");
    }

    /// <summary>Adds a user to the file, or gives it a new password.</summary>
    /// <exception cref="UserException">Name or password cannot be used.</exception>
    public static void Add(string data, string name, string password)
    {
        CheckName(name);
        CheckPassword(name, password);
        string path = PathIn(data);
        IEnumerable<string> others = File.Exists(path)
            ? File.ReadAllLines(path).Where(line => line.Length > 0 && ParseLine(line).Key != name)
            : [];
        PrivateFile.Write(path, string.Join('\n', others.Append($"{name}:{PasswordHash.Create(password)}")) + "\n");
    }

    private static UserStore Of(IEnumerable<KeyValuePair<string, PasswordHash>> users, string source)
    {
        Dictionary<string, PasswordHash> byName = [];
        foreach ((string name, PasswordHash hash) in users)
        {
            if (!byName.TryAdd(name, hash))
            {
                throw new UserException($"{source}: the user '{name}' is there twice");
            }
        }
        return new UserStore(byName);
    }

    private static (string Name, string Password) ParsePair(string pair)
    {
        string[] parts = pair.Split(':', 2);
        if (parts.Length != 2)
        {
            throw new UserException("MILLRACE_USERS: a user is written name:password");
        }
        CheckName(parts[0]);
        CheckPassword(parts[0], parts[1]);
        return (parts[0], parts[1]);
    }

    private static KeyValuePair<string, PasswordHash> ParseLine(string line)
    {
        string[] parts = line.Split(':', 2);
        PasswordHash? hash = parts.Length == 2 ? PasswordHash.Parse(parts[1]) : null;
        return hash is null
            ? throw new UserException($"the users file: the line of '{parts[0]}' cannot be read")
            : KeyValuePair.Create(parts[0], hash);
    }

    private static void CheckName(string name)
    {
        // Guests log in under a name of their own.
        if (name.Length is 0 or > LongestName || name == LoginJudge.GuestName || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            throw new UserException($"'{name}' cannot be a user's name");
        }
    }

    private static void CheckPassword(string name, string password)
    {
        if (password.Length < ShortestPassword || password == name || Guessable.Contains(password, StringComparer.OrdinalIgnoreCase))
        {
            throw new UserException($"the password of '{name}' is too easy to guess; use {ShortestPassword} characters or more");
        }
    }
}
