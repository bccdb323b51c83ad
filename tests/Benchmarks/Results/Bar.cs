using System.Globalization;

namespace VirtualKubelet.Benchmarks.Results;

/// <summary>What a figure has to reach.</summary>
/// <param name="Limit">The least or the most that is good enough.</param>
/// <param name="IsFloor">Whether more is better.</param>
/// <param name="Unit">The figure's unit; empty for a ratio.</param>
internal sealed record Bar(double Limit, bool IsFloor, string Unit)
{
    /// <summary>The figure must be this or more.</summary>
    public static Bar AtLeast(double limit, string unit = "") => new(limit, true, unit);

    /// <summary>The figure must be this or less.</summary>
    public static Bar AtMost(double limit, string unit = "") => new(limit, false, unit);

    /// <summary>Whether a figure is good enough.</summary>
    public bool IsMetBy(double value) => IsFloor ? value >= Limit : value <= Limit;

    /// <summary>Shows a figure beside the bar.</summary>
    public string Judge(double value) =>
        $"{Show(value)} (bar {(IsFloor ? "≥" : "≤")} {Show(Limit)}) {(IsMetBy(value) ? "met" : "MISSED")}";

    private string Show(double value)
    {
        var format = Unit.Length == 0 || Math.Abs(value) < 10 ? "0.00" : "0";
        return (value.ToString(format, CultureInfo.InvariantCulture) + " " + Unit).TrimEnd();
    }
}
