namespace Millrace.Controller;

/// <summary>The way messages take between a data producer or data consumer and its peer.</summary>
public enum DataType
{
    /// <summary>A stream of an SCTP association.</summary>
    Sctp,

    /// <summary>The channel of the worker itself.</summary>
    Direct,
}
