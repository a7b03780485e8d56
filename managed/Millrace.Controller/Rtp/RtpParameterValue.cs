using System.Globalization;

namespace Millrace.Controller.Rtp;

/// <summary>
/// The value of a codec-specific parameter: a string, an integer, a real number or a truth value, as clients write
/// them in JSON. The default value is the empty string.
/// </summary>
public readonly record struct RtpParameterValue
{
    private readonly string? _text;
    private readonly double _number;

    private RtpParameterValue(RtpParameterKind kind, string? text, double number)
    {
        Kind = kind;
        _text = text;
        _number = number;
    }

    /// <summary>Which of the four it is.</summary>
    public RtpParameterKind Kind { get; }

    /// <summary>The string; null unless <see cref="Kind"/> is <see cref="RtpParameterKind.Text"/>.</summary>
    public string? Text => Kind == RtpParameterKind.Text ? _text ?? string.Empty : null;

    /// <summary>The number; a truth value counts as 0 or 1, and a string as 0.</summary>
    public double Number => _number;

    /// <summary>Whether it is true: a true truth value, or a number other than 0.</summary>
    public bool IsTrue => _number != 0;

    /// <summary>Makes a string.</summary>
    public static implicit operator RtpParameterValue(string value) => FromString(value);

    /// <summary>Makes an integer.</summary>
    public static implicit operator RtpParameterValue(int value) => FromInt32(value);

    /// <summary>Makes a real number.</summary>
    public static implicit operator RtpParameterValue(double value) => FromDouble(value);

    /// <summary>Makes a truth value.</summary>
    public static implicit operator RtpParameterValue(bool value) => FromBoolean(value);

    /// <summary>Makes a string.</summary>
    public static RtpParameterValue FromString(string value) => new(RtpParameterKind.Text, value, 0);

    /// <summary>Makes an integer.</summary>
    public static RtpParameterValue FromInt32(int value) => new(RtpParameterKind.Integer, null, value);

    /// <summary>Makes a real number.</summary>
    public static RtpParameterValue FromDouble(double value) => new(RtpParameterKind.Real, null, value);

    /// <summary>Makes a truth value.</summary>
    public static RtpParameterValue FromBoolean(bool value) => new(RtpParameterKind.Boolean, null, value ? 1 : 0);

    /// <summary>Reads it as an integer, whichever way it was written: 96, 96.0 and "96" are the same.</summary>
    public bool TryGetInt32(out int value)
    {
        if (Kind == RtpParameterKind.Text)
        {
            return int.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        }
        value = 0;
        if (double.IsInteger(_number) && _number is >= int.MinValue and <= int.MaxValue)
        {
            value = (int)_number;
            return true;
        }
        return false;
    }

    /// <summary>The value as SDP would write it.</summary>
    public override string ToString() => Kind switch
    {
        RtpParameterKind.Text => _text ?? string.Empty,
        RtpParameterKind.Boolean => IsTrue ? "true" : "false",
        RtpParameterKind.Integer or RtpParameterKind.Real => _number.ToString("R", CultureInfo.InvariantCulture),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
