namespace Millrace.Controller;

/// <summary>Why an object closed.</summary>
public enum CloseReason
{
    /// <summary>Its own CloseAsync or DisposeAsync was called.</summary>
    Closed,

    /// <summary>What it belonged to was closed: the transport, router, WebRTC server or worker.</summary>
    ParentClosed,

    /// <summary>The producer it consumed was closed.</summary>
    ProducerClosed,

    /// <summary>Its worker is gone.</summary>
    WorkerDied,

    /// <summary>The other end of its pipe was closed (<see cref="Router.PipeToRouterAsync"/>).</summary>
    PipeClosed,

    /// <summary>Too much waited to be sent to its peer (<see cref="DataConsumerOptions.CloseWhenFull"/>).</summary>
    SendBufferFull,
}
