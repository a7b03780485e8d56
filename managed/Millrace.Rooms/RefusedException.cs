namespace Millrace.Rooms;

/// <summary>
/// Carries a <see cref="RoomError"/> out of a turn to the one place where a protocol turns it into its own answer.
/// </summary>
/// <remarks>Expected, not a defect: it is never logged as one.</remarks>
public sealed class RefusedException(RoomError error) : Exception(error.ToString())
{
    /// <summary>Why the request was refused.</summary>
    public RoomError Error { get; } = error;
}
