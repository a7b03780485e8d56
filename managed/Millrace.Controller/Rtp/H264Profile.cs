using System.Globalization;

namespace Millrace.Controller.Rtp;

/// <summary>
/// The profile in an H.264 <c>profile-level-id</c>: three bytes in hexadecimal, profile_idc, profile-iop and
/// level_idc. Several first pairs mean one profile (RFC 6184, table 5).
/// </summary>
internal static class H264Profile
{
    // RFC 6184 8.1 infers plain Baseline where nothing is written. Browsers mean Constrained Baseline by it, which is
    // what every endpoint without the parameter really sends.
    private const string Inferred = "42e01f";

    private static readonly (byte ProfileIdc, string Iop, string Profile)[] Table =
    [
        (0x42, "x1xx0000", "ConstrainedBaseline"),
        (0x4D, "1xxx0000", "ConstrainedBaseline"),
        (0x58, "11xx0000", "ConstrainedBaseline"),
        (0x42, "x0xx0000", "Baseline"),
        (0x58, "10xx0000", "Baseline"),
        (0x4D, "0x0x0000", "Main"),
        (0x58, "00xx0000", "Extended"),
        (0x64, "00000000", "High"),
        (0x64, "00001100", "ConstrainedHigh"),
        (0x6E, "00000000", "High10"),
        (0x7A, "00000000", "High422"),
        (0xF4, "00000000", "High444Predictive"),
        (0x6E, "00010000", "High10Intra"),
        (0x7A, "00010000", "High422Intra"),
        (0xF4, "00010000", "High444Intra"),
        (0x2C, "00010000", "Cavlc444Intra"),
    ];

    /// <summary>Whether both name the same profile; something that is not a profile-level-id is the same as nothing.</summary>
    public static bool AreSame(string? left, string? right) =>
        Of(left) is { } profile && profile == Of(right);

    /// <summary>The profile's name; null if the text is not a known profile.</summary>
    public static string? Of(string? profileLevelId)
    {
        string text = profileLevelId ?? Inferred;
        if (text.Length != 6
            || !int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int bytes))
        {
            return null;
        }
        int profileIdc = bytes >> 16;
        int iop = (bytes >> 8) & 0xFF;
        return Table.FirstOrDefault(row => row.ProfileIdc == profileIdc && Fits(iop, row.Iop)).Profile;
    }

    private static bool Fits(int iop, string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            char bit = (iop & (0x80 >> i)) != 0 ? '1' : '0';
            if (pattern[i] != 'x' && pattern[i] != bit)
            {
                return false;
            }
        }
        return true;
    }
}
