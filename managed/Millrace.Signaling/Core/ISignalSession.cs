namespace Millrace.Signaling.Core;

/// <summary>What the tables need to know of every protocol's session.</summary>
internal interface ISignalSession
{
    /// <summary>The client that logged in on this connection.</summary>
    /// <exception cref="InvalidOperationException">Nobody has.</exception>
    string ClientId { get; }
}
