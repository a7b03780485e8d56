namespace Millrace.Server.Options;

/// <summary>A setting that cannot be used; the message is one line that names it.</summary>
internal sealed class OptionsException(string message) : Exception(message);
