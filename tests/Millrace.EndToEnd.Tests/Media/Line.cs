using System.Net;
using Millrace.Controller;
using Millrace.Impairment;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>
/// The line between one client and the workers: a relay for each candidate, which loses and delays datagrams by a seed and lets no
/// more through than the line is wide. Both directions can be changed while datagrams flow.
/// </summary>
internal sealed class Line(int seed) : IAsyncDisposable
{
    private readonly List<LineRelay> _relays = [];
    private volatile LineQuality _toClient = LineQuality.Good;
    private volatile LineQuality _toWorker = LineQuality.Good;

    public LineQuality ToClient { get => _toClient; set => _toClient = value; }

    public LineQuality ToWorker { get => _toWorker; set => _toWorker = value; }

    /// <summary>Datagrams lost so far.</summary>
    public long Lost => _relays.Sum(relay => relay.Lost);

    /// <summary>A line that is the same in both directions.</summary>
    public static Line Of(LineQuality quality, int seed) => new(seed) { ToClient = quality, ToWorker = quality };

    /// <summary>The candidate as the client is to see it: this line's own end.</summary>
    public IceCandidate Route(IceCandidate candidate)
    {
        LineRelay relay = new(
            new IPEndPoint(IPAddress.Parse(candidate.Address), candidate.Port),
            new LineDirection(() => ToClient, seed + (2 * _relays.Count)),
            new LineDirection(() => ToWorker, seed + (2 * _relays.Count) + 1));
        _relays.Add(relay);
        return candidate with { Port = relay.Port };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LineRelay relay in _relays)
        {
            await relay.DisposeAsync();
        }
    }
}
