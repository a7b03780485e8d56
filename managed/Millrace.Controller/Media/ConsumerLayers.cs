namespace Millrace.Controller;

/// <summary>A choice among the layers of simulcast or scalable video.</summary>
/// <param name="SpatialLayer">The size, 0 being the smallest.</param>
/// <param name="TemporalLayer">The frame rate, 0 being the lowest; null means the highest.</param>
public sealed record ConsumerLayers(int SpatialLayer, int? TemporalLayer = null);
