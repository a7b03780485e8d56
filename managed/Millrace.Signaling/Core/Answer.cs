namespace Millrace.Signaling.Core;

/// <summary>How a signal is answered.</summary>
public enum Answer
{
    /// <summary>With a body.</summary>
    Body,

    /// <summary>With the bare envelope.</summary>
    Empty,

    /// <summary>By a message that follows from it; a refusal is still answered.</summary>
    Told,

    /// <summary>Not at all: a refusal that only says that an object is gone already is not answered either.</summary>
    None,
}
