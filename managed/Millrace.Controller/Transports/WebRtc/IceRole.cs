namespace Millrace.Controller;

/// <summary>ICE roles; a worker is always controlled.</summary>
public enum IceRole
{
    /// <summary>The peer nominates.</summary>
    Controlled,

    /// <summary>This side nominates.</summary>
    Controlling,
}
