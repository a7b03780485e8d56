namespace Millrace.Signaling.Taoyao;

/// <summary>A state code of the protocol and its text.</summary>
internal sealed record TaoyaoCode(string Code, string Text)
{
    public static readonly TaoyaoCode Success = new("0000", "成功");
    public static readonly TaoyaoCode Conflict = new("1001", "上次请求没有完成");
    public static readonly TaoyaoCode Malformed = new("1002", "数据格式错误");
    public static readonly TaoyaoCode Timeout = new("2001", "服务超时");
    public static readonly TaoyaoCode BadRequest = new("3400", "请求错误");
    public static readonly TaoyaoCode Unauthorized = new("3401", "没有授权");
    public static readonly TaoyaoCode Forbidden = new("3403", "请求拒绝");
    public static readonly TaoyaoCode NotAcceptable = new("3406", "请求不可接受");
    public static readonly TaoyaoCode UnknownSignal = new("3415", "请求资源类型错误");
    public static readonly TaoyaoCode MediaLost = new("3502", "服务无效");
    public static readonly TaoyaoCode Unavailable = new("3503", "服务正在维护");
    public static readonly TaoyaoCode Unknown = new("9999", "未知错误");
}
