using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VirtualKubelet.Kubernetes;

/// <summary>An amount in Kubernetes' notation, such as <c>500m</c>, <c>1.5Gi</c> or <c>2e3</c> (apimachinery <c>resource.Quantity</c>).</summary>
/// <param name="Value">The amount in base units: cores, bytes, devices.</param>
public readonly record struct Quantity(decimal Value) : IComparable<Quantity>
{
    private const int MaxLength = 64;

    private static readonly Dictionary<string, decimal> Suffixes = new(StringComparer.Ordinal)
    {
        [""] = 1m,
        ["n"] = 1e-9m,
        ["u"] = 1e-6m,
        ["m"] = 1e-3m,
        ["k"] = 1e3m,
        ["M"] = 1e6m,
        ["G"] = 1e9m,
        ["T"] = 1e12m,
        ["P"] = 1e15m,
        ["E"] = 1e18m,
        ["Ki"] = 1L << 10,
        ["Mi"] = 1L << 20,
        ["Gi"] = 1L << 30,
        ["Ti"] = 1L << 40,
        ["Pi"] = 1L << 50,
        ["Ei"] = 1L << 60,
    };

    /// <summary>Nothing.</summary>
    public static Quantity Zero => default;

    /// <summary>The amount rounded up to whole base units, as Kubernetes rounds; at most <see cref="long.MaxValue"/>.</summary>
    public long Ceiling => Value >= long.MaxValue ? long.MaxValue : (long)decimal.Ceiling(Value);

    /// <summary>Reads a quantity.</summary>
    /// <exception cref="FormatException">The text is not a quantity.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity)
            ? quantity
            : throw new FormatException($"\"{text}\" is not a quantity; write for example 500m, 2 or 1.5Gi");

    /// <summary>Reads a quantity; false when the text is none or its amount is beyond 2^63.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Quantity quantity)
    {
        quantity = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return false;
        }

        var digits = text.AsSpan().IndexOfAnyExcept("+-.0123456789".AsSpan());
        var number = digits < 0 ? text.AsSpan() : text.AsSpan(0, digits);
        var suffix = digits < 0 ? "" : text[digits..];
        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || !TryGetFactor(suffix, out var factor))
        {
            return false;
        }

        try
        {
            quantity = new Quantity(value * factor);
            return Math.Abs(quantity.Value) <= long.MaxValue;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public int CompareTo(Quantity other) => Value.CompareTo(other.Value);

    /// <summary>The sum of two amounts of one unit.</summary>
    public static Quantity operator +(Quantity left, Quantity right) => new(left.Value + right.Value);

    /// <summary>Whether the first amount is the smaller one.</summary>
    public static bool operator <(Quantity left, Quantity right) => left.Value < right.Value;

    /// <summary>Whether the first amount is the larger one.</summary>
    public static bool operator >(Quantity left, Quantity right) => left.Value > right.Value;

    /// <summary>Whether the first amount is not the larger one.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left.Value <= right.Value;

    /// <summary>Whether the first amount is not the smaller one.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left.Value >= right.Value;

    /// <summary>The larger of two amounts.</summary>
    public static Quantity Max(Quantity left, Quantity right) => left > right ? left : right;

    /// <summary>The amount in the shortest exact notation: whole, milli or binary multiples.</summary>
    public override string ToString()
    {
        foreach (var suffix in (ReadOnlySpan<string>)["Ei", "Pi", "Ti", "Gi", "Mi", "Ki"])
        {
            if (Value != 0 && Value % Suffixes[suffix] == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Value / Suffixes[suffix]:0}{suffix}");
            }
        }

        return decimal.IsInteger(Value)
            ? Value.ToString("0", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{decimal.Ceiling(Value * 1000):0}m");
    }

    private static bool TryGetFactor(string suffix, out decimal factor)
    {
        if (Suffixes.TryGetValue(suffix, out factor))
        {
            return true;
        }

        // Decimal exponent: 2e3, 1E-3. "E" alone is exa and was found above.
        if (suffix[0] is 'e' or 'E'
            && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            && Math.Abs(exponent) <= 18)
        {
            factor = exponent >= 0 ? Pow10(exponent) : 1m / Pow10(-exponent);
            return true;
        }

        return false;
    }

    private static decimal Pow10(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10m;
        }

        return power;
    }
}
