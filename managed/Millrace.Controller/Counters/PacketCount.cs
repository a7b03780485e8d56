namespace Millrace.Controller;

/// <summary>Packets, and all their bytes.</summary>
/// <param name="Packets">How many.</param>
/// <param name="Bytes">Of all of them, without the headers of UDP, TCP and IP.</param>
public readonly record struct PacketCount(ulong Packets, ulong Bytes);
