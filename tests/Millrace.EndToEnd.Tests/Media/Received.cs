using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Something that a client receives.</summary>
internal sealed class Received(Client client, Consumer consumer)
{
    public Consumer Consumer { get; } = consumer;

    public Task<Reception> LookAsync() => client.CommandAsync<Reception>("receiving", new { ConsumerId = Consumer.Id });

    /// <summary>Measures the longest gap between two frames anew.</summary>
    public Task MarkAsync() => client.CommandAsync("mark", new { ConsumerId = Consumer.Id });

    /// <summary>Waits until what is received satisfies.</summary>
    public Task<Reception> UntilAsync(Predicate<Reception> satisfies, string condition) =>
        Waiting.UntilAsync(
            LookAsync,
            satisfies,
            seen => $"{seen}\nworker: score {Consumer.Score}, layers {Consumer.CurrentLayers}\n{client.Console}",
            condition: $"{client.Name} receives: {condition}");

    /// <summary>Waits until so many more frames of a picture have come, the last one with the sender's patch.</summary>
    public async Task<Reception> ShowsAsync(Colour colour, int frames = 15)
    {
        long before = (await LookAsync()).Picture!.Frames;
        return await UntilAsync(
            seen => seen.Picture!.Frames >= before + frames && colour.IsShownBy(seen.Picture.Colour),
            $"{frames} more frames of {colour}");
    }

    /// <summary>Waits until a tone is heard.</summary>
    public Task<Reception> HearsAsync(Tone tone) => UntilAsync(seen => Math.Abs(seen.Hertz - tone.Hertz) < 20, $"{tone}");
}
