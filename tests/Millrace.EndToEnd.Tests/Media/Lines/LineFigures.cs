namespace Millrace.EndToEnd.Tests.Media.Lines;

/// <summary>What a viewer behind a bad line got. Times are milliseconds of the viewer's page.</summary>
internal sealed record LineFigures
{
    /// <summary>Frames shown a second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Frames that the camera painted a second: a busy machine holds it up.</summary>
    public required double PaintedPerSecond { get; init; }

    /// <summary>As the browser counts them, and how long they were in all.</summary>
    public required long Freezes { get; init; }

    public required double Frozen { get; init; }

    public required double LongestGap { get; init; }

    /// <summary>The camera's own longest wait between two frames.</summary>
    public required double LongestStall { get; init; }

    /// <summary>The share of the sound that was made up, 0 to 1.</summary>
    public double? Concealed { get; init; }

    /// <summary>From the first use of the slower of two transports until its DTLS was done.</summary>
    public double? Connected { get; init; }

    /// <summary>From the squeeze until the smallest size was shown.</summary>
    public double? Smaller { get; init; }

    /// <summary>From the release until the largest size was shown again.</summary>
    public double? Whole { get; init; }
}
