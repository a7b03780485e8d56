namespace Millrace.Controller;

/// <summary>How far ICE has come.</summary>
public enum IceState
{
    /// <summary>Nothing has been received.</summary>
    New,

    /// <summary>The peer can be reached.</summary>
    Connected,

    /// <summary>The peer has nominated a path.</summary>
    Completed,

    /// <summary>The peer's consent has run out, or all its TCP connections have closed.</summary>
    Disconnected,
}
