using System.Threading.Channels;

namespace Millrace.Controller.Tests.RealWorker;

/// <summary>What an event has raised, in order; the test waits for the next.</summary>
internal sealed class Heard<T>
{
    private readonly Channel<T> _values =
        System.Threading.Channels.Channel.CreateUnbounded<T>();

    public Action<T> Add => value => _values.Writer.TryWrite(value);

    /// <summary>The next value; the test's own deadline ends the wait.</summary>
    public async Task<T> NextAsync() => await _values.Reader.ReadAsync(TestContext.CurrentContext.CancellationToken);

    /// <summary>The next value of the wanted kind; others are passed over.</summary>
    public async Task<T> NextAsync(Predicate<T> wanted)
    {
        while (true)
        {
            T value = await NextAsync();
            if (wanted(value))
            {
                return value;
            }
        }
    }

    public bool TryNext(out T? value) => _values.Reader.TryRead(out value);
}
