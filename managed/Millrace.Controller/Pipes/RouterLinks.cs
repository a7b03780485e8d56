using System.Collections.Immutable;

namespace Millrace.Controller.Pipes;

/// <summary>The links of a router with younger ones, one each; whoever asks for one while it is made waits for the same.</summary>
internal sealed class RouterLinks(Router router)
{
    private ImmutableDictionary<Router, Lazy<Task<RouterLink>>> _byOther =
        ImmutableDictionary<Router, Lazy<Task<RouterLink>>>.Empty;

    public Task<RouterLink> GetAsync(Router other, PipeToRouterOptions options) => ImmutableInterlocked.GetOrAdd(
        ref _byOther, other, _ => new Lazy<Task<RouterLink>>(() => OpenAsync(other, options))).Value;

    private async Task<RouterLink> OpenAsync(Router other, PipeToRouterOptions options)
    {
        try
        {
            return await RouterLink.OpenAsync(router, other, options, () => Remove(other)).ConfigureAwait(false);
        }
        catch
        {
            Remove(other);
            throw;
        }
    }

    private void Remove(Router other) => ImmutableInterlocked.TryRemove(ref _byOther, other, out _);
}
