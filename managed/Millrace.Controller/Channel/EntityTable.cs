namespace Millrace.Controller.Channel;

/// <summary>
/// What is alive on a worker, by id, and what belongs to what. Closing is a query: everything below an entity is
/// taken out in one step and told afterwards, so that each hears it exactly once, whoever else closes meanwhile.
/// </summary>
internal sealed class EntityTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entity> _byId = new(StringComparer.Ordinal);
    private readonly int[] _counts = new int[Enum.GetValues<EntityKind>().Length];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byId.Count;
            }
        }
    }

    /// <summary>How many of a kind are alive.</summary>
    public int CountOf(EntityKind kind) => Volatile.Read(ref _counts[(int)kind]);

    /// <summary>Registers an entity; false if something it belongs to has closed.</summary>
    public bool TryAdd(Entity entity)
    {
        lock (_gate)
        {
            if (entity.Parent is { IsClosed: true } || entity.SecondParent is { IsClosed: true })
            {
                return false;
            }
            _byId.Add(entity.Id, entity);
            _counts[(int)entity.Kind]++;
            entity.Parent?.Children.Add(entity);
            entity.SecondParent?.Children.Add(entity);
            return true;
        }
    }

    public Entity? Find(string id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Closes an entity and everything below it, children first; false if it had closed before.</summary>
    public bool Close(Entity root, CloseReason reason)
    {
        List<Entity> closing = [];
        CloseReason below = reason == CloseReason.WorkerDied ? reason : CloseReason.ParentClosed;
        lock (_gate)
        {
            if (root.IsClosed)
            {
                return false;
            }
            Collect(root, closing, []);
            foreach (Entity entity in closing)
            {
                entity.MarkClosed(entity == root ? reason : below);
                _byId.Remove(entity.Id);
                _counts[(int)entity.Kind]--;
                entity.Parent?.Children.Remove(entity);
                entity.SecondParent?.Children.Remove(entity);
            }
        }
        foreach (Entity entity in closing)
        {
            entity.Channel.Guard(() => entity.Closed?.Invoke(entity == root ? reason : below));
        }
        return true;
    }

    // Children of children first, then by kind; an entity with two parents is met twice and taken once.
    private static void Collect(Entity entity, List<Entity> closing, HashSet<Entity> met)
    {
        if (!met.Add(entity))
        {
            return;
        }
        foreach (Entity child in entity.Children.OrderBy(child => child.Kind))
        {
            Collect(child, closing, met);
        }
        closing.Add(entity);
    }
}
