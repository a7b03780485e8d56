namespace Millrace.Signaling.Taoyao;

/// <summary>What kind of program a client is (the protocol's page, section 4).</summary>
internal enum ClientType
{
    Web,
    Media,
    Camera,
    Mobile,
    Server,
    Other,
}

internal static class ClientTypes
{
    /// <summary>Reads a type; case does not matter.</summary>
    /// <exception cref="TaoyaoException">There is no such type.</exception>
    public static ClientType Parse(string text) =>
        text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out ClientType type)
            ? type
            : throw new TaoyaoException(TaoyaoCode.Unknown, $"未知终端类型：{text}");

    /// <summary>Whether a person sits behind it: only these may use rooms and media.</summary>
    public static bool IsCaller(this ClientType type) =>
        type is ClientType.Web or ClientType.Camera or ClientType.Mobile;
}
