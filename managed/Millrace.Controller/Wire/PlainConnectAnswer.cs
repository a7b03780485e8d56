namespace Millrace.Controller.Wire;

/// <summary>What the worker says of a plain transport that was connected.</summary>
internal sealed record PlainConnectAnswer(
    TransportTuple? Tuple, TransportTuple? RtcpTuple, SrtpParameters? SrtpParameters);
