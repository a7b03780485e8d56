namespace Millrace.Controller.Rtp;

internal static class RtcpFeedbackMatching
{
    /// <summary>Whether both mean the same feedback: no parameter and an empty one are the same.</summary>
    public static bool IsSame(this RtcpFeedback left, RtcpFeedback right) =>
        left.Type == right.Type && (left.Parameter ?? string.Empty) == (right.Parameter ?? string.Empty);
}
