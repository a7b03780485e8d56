namespace Millrace.Controller;

/// <summary>
/// Several workers, each kept alive by a <see cref="WorkerSlot"/>, and the choice among them: what is to run beside what is
/// there goes to the one with the least to do.
/// </summary>
public sealed class WorkerPool : IAsyncDisposable
{
    private WorkerPool(IReadOnlyList<WorkerSlot> slots) => Slots = slots;

    /// <summary>All of them, also those whose worker is just being replaced.</summary>
    public IReadOnlyList<WorkerSlot> Slots { get; }

    /// <summary>Starts one worker for each entry of <paramref name="options"/>.</summary>
    /// <exception cref="Exception">One of them did not start; those that did are ended again.</exception>
    public static async Task<WorkerPool> StartAsync(
        IReadOnlyList<WorkerSlotOptions> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<WorkerSlot> slots = [];
        WorkerPool pool = new(slots);
        try
        {
            foreach (WorkerSlotOptions one in options)
            {
                slots.Add(await WorkerSlot.StartAsync(slots.Count, one, cancellationToken).ConfigureAwait(false));
            }
            return pool;
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The slot whose worker has the least to do, the first of equals; null while no worker serves.</summary>
    public WorkerSlot? Choose(WorkerLoad measure = WorkerLoad.Consumers) =>
        Slots.Where(slot => slot.IsReady).MinBy(slot => slot.LoadOf(measure));

    /// <summary>Ends all workers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (WorkerSlot slot in Slots)
        {
            await slot.DisposeAsync().ConfigureAwait(false);
        }
    }
}
