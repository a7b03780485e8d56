using Millrace.Rooms;
using Millrace.Signaling.Core;

namespace Millrace.Signaling.Taoyao;

/// <summary>What the taoyao endpoint works with.</summary>
public sealed record TaoyaoOptions
{
    /// <summary>The rooms.</summary>
    public required RoomRegistry Rooms { get; init; }

    /// <summary>Judges <c>client::register</c>.</summary>
    public required Authenticate Authenticate { get; init; }

    /// <summary>What one connection may use.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>The id under which the built-in workers are listed as a media service.</summary>
    public string MediaClientId { get; init; } = "taoyao-client-media";

    /// <summary>The name under which the built-in workers are listed.</summary>
    public string MediaClientName { get; init; } = "桃夭媒体服务";

    /// <summary>How long a client may take to answer a request of the server.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The cost of hashing room passwords, in iterations of PBKDF2.</summary>
    public int PasswordIterations { get; init; } = 600_000;
}
