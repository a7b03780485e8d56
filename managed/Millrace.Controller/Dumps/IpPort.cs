namespace Millrace.Controller;

/// <summary>An address and a port.</summary>
/// <param name="Ip">The address.</param>
/// <param name="Port">The port.</param>
public sealed record IpPort(string Ip, int Port);
