namespace Millrace.Controller;

/// <summary>Ports, both ends included.</summary>
/// <param name="Min">The first.</param>
/// <param name="Max">The last.</param>
public sealed record PortRange(int Min, int Max);
