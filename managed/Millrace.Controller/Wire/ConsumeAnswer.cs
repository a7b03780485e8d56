namespace Millrace.Controller.Wire;

/// <summary>What the worker says of a new consumer.</summary>
internal sealed record ConsumeAnswer(
    bool Paused, bool ProducerPaused, ConsumerScore Score, ConsumerLayers? PreferredLayers);
