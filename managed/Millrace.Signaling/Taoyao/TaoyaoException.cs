namespace Millrace.Signaling.Taoyao;

/// <summary>A refusal in the protocol's own words: becomes <c>platform::error</c> with the request's id.</summary>
internal sealed class TaoyaoException(TaoyaoCode code, string? text = null) : Exception(text ?? code.Text)
{
    public TaoyaoCode Code { get; } = code;
}
