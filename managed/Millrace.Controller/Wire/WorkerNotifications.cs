using FlatBuffers;
using Millrace.Schema.Notification;

namespace Millrace.Controller.Wire;

/// <summary>What the worker is told without an answer, one member each; the result is the whole frame.</summary>
internal static class WorkerNotifications
{
    // The envelope around the bytes; the builder grows when it is not enough.
    private const int EnvelopeBytes = 256;

    public static ArraySegment<byte> Close() => Encode(string.Empty, Event.WORKER_CLOSE, Body.NONE, 0, static _ => 0);

    public static ArraySegment<byte> SendRtp(string producerId, ReadOnlySpan<byte> packet)
    {
        byte[] data = packet.ToArray();
        return Encode(
            producerId,
            Event.PRODUCER_SEND,
            Body.Producer_SendNotification,
            data.Length,
            builder => Schema.Producer.SendNotification.CreateSendNotification(
                builder, Schema.Producer.SendNotification.CreateDataVectorBlock(builder, data)).Value);
    }

    public static ArraySegment<byte> SendRtcp(string transportId, ReadOnlySpan<byte> packet)
    {
        byte[] data = packet.ToArray();
        return Encode(
            transportId,
            Event.TRANSPORT_SEND_RTCP,
            Body.Transport_SendRtcpNotification,
            data.Length,
            builder => Schema.Transport.SendRtcpNotification.CreateSendRtcpNotification(
                builder, Schema.Transport.SendRtcpNotification.CreateDataVectorBlock(builder, data)).Value);
    }

    public static ArraySegment<byte> SendData(string dataProducerId, DataMessage message, DataSendOptions options)
    {
        byte[] data = message.Payload.ToArray();
        return Encode(
            dataProducerId,
            Event.DATAPRODUCER_SEND,
            Body.DataProducer_SendNotification,
            data.Length,
            builder => Schema.DataProducer.SendNotification.CreateSendNotification(
                builder,
                message.Ppid,
                Schema.DataProducer.SendNotification.CreateDataVectorBlock(builder, data),
                Schema.DataProducer.SendNotification.CreateSubchannelsVector(
                    builder, SctpWriter.Subchannels(options.Subchannels)),
                SctpWriter.Subchannel(options.RequiredSubchannel),
                SctpWriter.Subchannel(options.IgnoredSubchannel)).Value);
    }

    private static ArraySegment<byte> Encode(
        string handlerId, Event kind, Body type, int bytes, Func<FlatBufferBuilder, int> writeBody)
    {
        FlatBufferBuilder builder = new(EnvelopeBytes + bytes);
        int body = writeBody(builder);
        Offset<Notification> notification =
            Notification.CreateNotification(builder, builder.CreateString(handlerId), kind, type, body);
        return Frame.Finish(builder, Schema.Message.Body.Notification, notification.Value);
    }
}
