using System.Text.Json;
using Millrace.Controller;
using Millrace.EndToEnd.Tests.Harness;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>How a data channel is opened; absent is RTCDataChannel's own default.</summary>
internal sealed record ChannelOptions(
    string Label = "talk", string Protocol = "test", bool? Ordered = null, int? MaxPacketLifeTime = null, int? MaxRetransmits = null);

/// <summary>A data channel that a client sends into.</summary>
internal sealed class SentChannel(Client client, DataProducer producer)
{
    public DataProducer Producer { get; } = producer;

    public static async Task<SentChannel> OpenAsync(Client client, ChannelOptions options)
    {
        JsonElement answer = await client.CommandAsync<JsonElement>("sendData", new { TransportId = client.Sending.Id, Channel = options });
        SentChannel channel = new(client, client.DataProducers[answer.GetProperty("dataProducerId").GetString()!]);
        await Waiting.UntilAsync(channel.LookAsync, seen => seen.State == "open", seen => $"{seen}");
        return channel;
    }

    public Task<SendingChannel> LookAsync() =>
        client.CommandAsync<SendingChannel>("sendingData", new { DataProducerId = Producer.Id });

    public Task SendAsync(params IReadOnlyList<OutgoingMessage> messages) =>
        client.CommandAsync("sendMessages", new { DataProducerId = Producer.Id, messages });

    public Task CloseAsync() => client.CommandAsync("closeData", new { DataProducerId = Producer.Id });
}

/// <summary>A data channel that a client receives from.</summary>
internal sealed class ReceivedChannel(Client client, DataConsumer consumer)
{
    public DataConsumer Consumer { get; } = consumer;

    public static async Task<ReceivedChannel> OpenAsync(Client client, DataProducer producer)
    {
        DataConsumer consumer = await client.Receiving.ConsumeDataAsync(new DataConsumerOptions { DataProducer = producer });
        await client.CommandAsync("consumeData", new
        {
            TransportId = client.Receiving.Id,
            Consumer = new
            {
                consumer.Id,
                DataProducerId = producer.Id,
                consumer.SctpStreamParameters,
                consumer.Label,
                consumer.Protocol,
            },
        });
        ReceivedChannel channel = new(client, consumer);
        await channel.UntilAsync(seen => seen.State == "open", "the channel is open");
        await Waiting.UntilAsync(
            () => Task.FromResult(client.Receiving.SctpState), state => state == SctpState.Connected, state => $"{state}");
        return channel;
    }

    public Task<ReceivingChannel> LookAsync() =>
        client.CommandAsync<ReceivingChannel>("receivingData", new { DataConsumerId = Consumer.Id });

    public Task<ReceivingChannel> UntilAsync(Predicate<ReceivingChannel> satisfies, string condition) =>
        Waiting.UntilAsync(
            LookAsync,
            satisfies,
            seen => $"{seen.State}, events {string.Join(' ', seen.Events)}, {seen.Messages.Count} messages: {string.Join(' ', seen.Messages.Take(20))}\n{client.Console}",
            condition: $"{client.Name}: {condition}");

    /// <summary>Waits until so many messages have come.</summary>
    public Task<ReceivingChannel> GetsAsync(int messages) => UntilAsync(seen => seen.Messages.Count >= messages, $"{messages} messages");
}
