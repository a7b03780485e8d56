namespace Millrace.Server.Users;

/// <summary>A user that cannot be used; the message is one line that says why and holds no password.</summary>
internal sealed class UserException(string message) : Exception(message);
