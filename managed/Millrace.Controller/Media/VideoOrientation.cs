namespace Millrace.Controller;

/// <summary>How a sender holds its camera (3GPP TS 26.114).</summary>
/// <param name="Camera">Whether it is a back camera.</param>
/// <param name="Flip">Whether the picture is mirrored.</param>
/// <param name="Rotation">0, 90, 180 or 270 degrees, clockwise.</param>
public sealed record VideoOrientation(bool Camera, bool Flip, int Rotation);
