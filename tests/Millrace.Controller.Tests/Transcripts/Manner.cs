namespace Millrace.Controller.Tests.Transcripts;

/// <summary>How a replayed worker speaks beside what it was recorded to say.</summary>
internal enum Manner
{
    /// <summary>A frame at a time.</summary>
    Plain,

    /// <summary>With log lines, events that nobody knows, and news of objects that are not there, around everything.</summary>
    Talkative,

    /// <summary>In pieces of three bytes.</summary>
    Halting,
}
