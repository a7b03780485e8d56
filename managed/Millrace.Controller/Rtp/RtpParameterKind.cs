namespace Millrace.Controller.Rtp;

/// <summary>How the value of a codec-specific parameter was written.</summary>
public enum RtpParameterKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>An integer of 32 bits.</summary>
    Integer,

    /// <summary>A real number.</summary>
    Real,

    /// <summary>True or false.</summary>
    Boolean,
}
