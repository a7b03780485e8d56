namespace Millrace.Controller.Rtp;

/// <summary>How many versions of the media a producer sends, and how a consumer is fed from them.</summary>
public enum RtpType
{
    /// <summary>One stream.</summary>
    Simple,

    /// <summary>Several streams of one picture, each with its own SSRC.</summary>
    Simulcast,

    /// <summary>One stream with spatial or temporal layers in it.</summary>
    Svc,

    /// <summary>All streams, handed on as they are to another router.</summary>
    Pipe,
}
