namespace Millrace.Controller;

/// <summary>What a direct transport holds.</summary>
public sealed record DirectTransportDump : TransportDump;
