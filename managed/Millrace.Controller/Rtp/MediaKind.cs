namespace Millrace.Controller.Rtp;

/// <summary>What a stream carries.</summary>
public enum MediaKind
{
    /// <summary>Sound.</summary>
    Audio,

    /// <summary>Pictures.</summary>
    Video,
}
