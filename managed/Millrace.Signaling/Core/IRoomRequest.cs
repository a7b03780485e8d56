namespace Millrace.Signaling.Core;

/// <summary>A request about one room.</summary>
internal interface IRoomRequest
{
    /// <summary>The room's id.</summary>
    string RoomId { get; }
}
