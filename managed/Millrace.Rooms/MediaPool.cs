using Microsoft.Extensions.Logging;
using Millrace.Controller;

namespace Millrace.Rooms;

/// <summary>The workers of a server. New rooms go where the fewest are, and rooms that outgrow their worker take in another.</summary>
public sealed class MediaPool : IAsyncDisposable
{
    private MediaPool(IReadOnlyList<MediaNode> nodes) => Nodes = nodes;

    /// <summary>All nodes, also those whose worker is just being restarted.</summary>
    public IReadOnlyList<MediaNode> Nodes { get; }

    /// <summary>Starts one worker for each entry of <paramref name="options"/>.</summary>
    /// <exception cref="Exception">One of them did not start; those that did are ended again.</exception>
    public static async Task<MediaPool> StartAsync(
        IReadOnlyList<MediaNodeOptions> options, ILogger logger, CancellationToken cancellationToken = default)
    {
        List<MediaNode> nodes = [];
        MediaPool pool = new(nodes);
        try
        {
            foreach (MediaNodeOptions one in options)
            {
                nodes.Add(await MediaNode.StartAsync(nodes.Count, one, logger, cancellationToken).ConfigureAwait(false));
            }
            return pool;
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The node for one more room; null while no worker serves.</summary>
    public MediaNode? Choose() => Choose(static _ => true);

    /// <summary>The same among those that will do.</summary>
    internal MediaNode? Choose(Func<MediaNode, bool> willDo) =>
        Nodes.Where(node => node.IsReady && willDo(node)).MinBy(node => node.Rooms);

    /// <summary>Shows what the workers count, to whoever listens. The pool may end before it.</summary>
    public WorkerMeter Measure(TimeSpan interval, TimeProvider time) => WorkerMeter.Start([.. Nodes.Select(node => node.Slot)], interval, time);

    /// <summary>Ends all workers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (MediaNode node in Nodes)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }
    }
}
