using Millrace.Controller.Rtp;

namespace Millrace.Rooms;

/// <summary>Which producers of the others a peer receives without asking.</summary>
public enum SubscribeType
{
    /// <summary>Sound and picture.</summary>
    All,

    /// <summary>Sound only.</summary>
    AllAudio,

    /// <summary>Picture only.</summary>
    AllVideo,

    /// <summary>Nothing.</summary>
    None,
}

internal static class SubscribeTypes
{
    public static bool Wants(this SubscribeType type, MediaKind kind) => type switch
    {
        SubscribeType.All => true,
        SubscribeType.AllAudio => kind == MediaKind.Audio,
        SubscribeType.AllVideo => kind == MediaKind.Video,
        _ => false,
    };
}
