using System.Diagnostics;
using Millrace.Rooms;

namespace Millrace.Signaling.Taoyao;

/// <summary>The one place where refusals of the rooms become codes and texts of the protocol (its page, section 3).</summary>
internal static class TaoyaoErrors
{
    public static (TaoyaoCode Code, string Text) Of(RoomError error) => error switch
    {
        RoomError.NoSuchRoom e => (TaoyaoCode.Unknown, $"无效房间：{e.RoomId}"),
        RoomError.NotMember e => (TaoyaoCode.Unknown, $"终端没有房间权限：{e.ClientId}"),
        RoomError.NoSuchTransport e => (TaoyaoCode.Unknown, $"通道无效：{e.TransportId}"),
        RoomError.NoSuchProducer e => (TaoyaoCode.Unknown, $"媒体生产者无效：{e.ProducerId}"),
        RoomError.NoSuchConsumer e => (TaoyaoCode.Unknown, $"消费者无效：{e.ConsumerId}"),
        RoomError.NoReceiveTransport => (TaoyaoCode.Unknown, "没有消费通道"),
        RoomError.BadMedia e => (TaoyaoCode.Unknown, Shorten(e.Reason)),
        RoomError.WrongPassword => (TaoyaoCode.Unauthorized, "密码错误"),
        RoomError.RoomFull => (TaoyaoCode.NotAcceptable, "房间已满"),
        RoomError.TooMany => (TaoyaoCode.BadRequest, "请求太多"),
        RoomError.Forbidden => (TaoyaoCode.Forbidden, TaoyaoCode.Forbidden.Text),
        RoomError.MediaUnavailable => (TaoyaoCode.MediaLost, TaoyaoCode.MediaLost.Text),
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether the object that a request names is gone; one-way signals are then ignored, as their page says.</summary>
    public static bool IsMissingObject(RoomError error) =>
        error is RoomError.NoSuchTransport or RoomError.NoSuchProducer or RoomError.NoSuchConsumer;

    // The protocol's server shows texts of up to 127 characters.
    private static string Shorten(string text) => text.Length <= 127 ? text : text[..127];
}
