using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Something that a client sends.</summary>
internal sealed class Sent(Client client, Producer producer)
{
    public Producer Producer { get; } = producer;

    public Task<Emission> LookAsync() => client.CommandAsync<Emission>("sending", new { ProducerId = Producer.Id });

    /// <summary>Changes the loudness of a tone.</summary>
    public Task SetLoudnessAsync(double loudness) => client.CommandAsync("setLoudness", new { ProducerId = Producer.Id, loudness });

    /// <summary>Waits until what is sent satisfies.</summary>
    public Task<Emission> UntilAsync(Predicate<Emission> satisfies, string condition) =>
        Waiting.UntilAsync(LookAsync, satisfies, seen => $"{seen}\n{client.Console}", condition: $"{client.Name} sends: {condition}");
}
