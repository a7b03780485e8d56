namespace Millrace.Interop.Tests.Abi;

/// <summary>How a compiler lays out a structure.</summary>
internal sealed record RecordLayout(long Size, IReadOnlyDictionary<string, long> Offsets);
