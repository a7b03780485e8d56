namespace Millrace.Controller;

/// <summary>Which data consumers a message is for; without options it is for all.</summary>
public sealed record DataSendOptions
{
    /// <summary>Only those that have subscribed to one of these subchannels; empty means all.</summary>
    public IReadOnlyList<int> Subchannels { get; init; } = [];

    /// <summary>Only those that have subscribed to this subchannel.</summary>
    public int? RequiredSubchannel { get; init; }

    /// <summary>Not those that have subscribed to this subchannel.</summary>
    public int? IgnoredSubchannel { get; init; }
}
