using System.Globalization;
using System.Text.RegularExpressions;

namespace Millrace.Controller.Rtp;

/// <summary>Layers of a stream (W3C webrtc-svc): <c>L3T3_KEY</c> has three sizes and three frame rates.</summary>
internal sealed partial record ScalabilityMode(int SpatialLayers, int TemporalLayers)
{
    public static bool TryParse(string text, out ScalabilityMode mode)
    {
        Match match = Mode().Match(text);
        mode = match.Success
            ? new ScalabilityMode(
                int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
                int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture))
            : new ScalabilityMode(1, 1);
        return match.Success;
    }

    // "L" or "S", spatial layers, "T", temporal layers, and how they depend on each other
    [GeneratedRegex(@"^[LS]([1-9][0-9]?)T([1-9][0-9]?)(h|_KEY|_KEY_SHIFT)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Mode();
}
