namespace Millrace.Controller;

/// <summary>Both ends of something piped: they close and pause together.</summary>
public sealed record RouterPipe
{
    /// <summary>Media on its way out of the router that pipes.</summary>
    public Consumer? Consumer { get; init; }

    /// <summary>The same media in the other router, where it is consumed like any producer's.</summary>
    public Producer? Producer { get; init; }

    /// <summary>Messages on their way out of the router that pipes.</summary>
    public DataConsumer? DataConsumer { get; init; }

    /// <summary>The same messages in the other router.</summary>
    public DataProducer? DataProducer { get; init; }
}
