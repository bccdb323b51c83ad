using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VirtualKubelet.Logs.Cri;

/// <summary>The timestamp of a CRI record as a reader meets it: RFC 3339, usually in UTC with exactly nine fractional digits.</summary>
internal static class CriTime
{
    /// <summary>Bytes of the usual form, <c>2016-10-06T00:17:09.669794202Z</c>.</summary>
    public const int UsualLength = 30;

    /// <summary>Most bytes <see cref="Format"/> writes: the usual form with a numeric offset.</summary>
    public const int MaxFormattedLength = 35;

    private const int SecondsLength = 19;
    private const int FractionDigits = 9;

    // The two vectors overlap: bytes 0-15 and 14-29.
    private static readonly Vector128<byte> HeadLow = Vector128.Create("0000-00-00T00:00"u8);
    private static readonly Vector128<byte> HeadRange = Vector128.Create("9999-19-39T29:59"u8) - HeadLow;
    private static readonly Vector128<byte> RestLow = Vector128.Create("00:00.000000000Z"u8);
    private static readonly Vector128<byte> RestRange = Vector128.Create("59:59.999999999Z"u8) - RestLow;

    /// <summary>Whether at least <see cref="UsualLength"/> bytes begin with a valid timestamp of the usual form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsUsual(ReadOnlySpan<byte> bytes)
    {
        ref var first = ref MemoryMarshal.GetReference(bytes);
        var head = Vector128.LoadUnsafe(ref first) - HeadLow;
        var rest = Vector128.LoadUnsafe(ref first, 14) - RestLow;
        return (Vector128.GreaterThan(head, HeadRange) | Vector128.GreaterThan(rest, RestRange)) == Vector128<byte>.Zero && IsDate(bytes);
    }

    /// <summary>Time of valid bytes of the usual form, in 100 ns since year 1; the finer digits are cut, which keeps every comparison with such a time right.</summary>
    public static long UsualTicks(ReadOnlySpan<byte> bytes) => SecondTicks(bytes) + FractionTicks(bytes.Slice(SecondsLength + 1, FractionDigits));

    /// <summary>Reads any valid RFC 3339 time, with 0 to many fractional digits and <c>Z</c> or a numeric offset.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long utcTicks)
    {
        utcTicks = 0;
        if (text.Length <= SecondsLength || !HasShape(text, "0000-00-00T00:00:00"u8, "9999-19-39T29:59:59"u8) || !IsDate(text))
        {
            return false;
        }

        var zone = text[(SecondsLength + FractionLength(text))..];
        if (!TryParseZone(zone, out var offsetMinutes) || text[SecondsLength..].Length - zone.Length == 1)
        {
            return false;
        }

        utcTicks = SecondTicks(text) + FractionTicks(text[SecondsLength..^zone.Length].TrimStart((byte)'.').TrimStart((byte)',')) - (offsetMinutes * TimeSpan.TicksPerMinute);
        return true;
    }

    /// <summary>Writes a valid time as the kubelet prints it: nine fractional digits, the offset as recorded, UTC as <c>Z</c>.</summary>
    /// <returns>Bytes written, at most <see cref="MaxFormattedLength"/>.</returns>
    public static int Format(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var fraction = text.Slice(SecondsLength, FractionLength(text));
        var zone = text[(SecondsLength + fraction.Length)..];
        text[..SecondsLength].CopyTo(destination);
        "."u8.CopyTo(destination[SecondsLength..]);
        var digits = destination.Slice(SecondsLength + 1, FractionDigits);
        digits.Fill((byte)'0');
        if (fraction.Length > 1)
        {
            fraction[1..Math.Min(fraction.Length, FractionDigits + 1)].CopyTo(digits);
        }

        if (zone[1..].SequenceEqual("00:00"u8))
        {
            zone = "Z"u8;
        }

        zone.CopyTo(destination[(SecondsLength + 1 + FractionDigits)..]);
        return SecondsLength + 1 + FractionDigits + zone.Length;
    }

    /// <summary>Length of the fraction with its point; some writers use a comma, and Go accepts it.</summary>
    private static int FractionLength(ReadOnlySpan<byte> text)
    {
        if (text[SecondsLength] is not ((byte)'.' or (byte)','))
        {
            return 0;
        }

        var digits = text[(SecondsLength + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return 1 + (digits < 0 ? text.Length - SecondsLength - 1 : digits);
    }

    private static bool TryParseZone(ReadOnlySpan<byte> zone, out int offsetMinutes)
    {
        offsetMinutes = 0;
        if (zone.SequenceEqual("Z"u8))
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || !HasShape(zone[1..], "00:00"u8, "29:59"u8) || TwoDigits(zone, 1) > 23)
        {
            return false;
        }

        offsetMinutes = (TwoDigits(zone, 1) * 60) + TwoDigits(zone, 4);
        offsetMinutes = zone[0] == '-' ? -offsetMinutes : offsetMinutes;
        return true;
    }

    private static bool HasShape(ReadOnlySpan<byte> text, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high)
    {
        for (var i = 0; i < low.Length; i++)
        {
            if (text[i] < low[i] || text[i] > high[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a digit-wise range cannot tell: month, day of the month and hour.</summary>
    private static bool IsDate(ReadOnlySpan<byte> text)
    {
        var month = TwoDigits(text, 5);
        var day = TwoDigits(text, 8);
        return month is >= 1 and <= 12 && day >= 1 && TwoDigits(text, 11) <= 23 && (day <= 28 || day <= DaysInMonth(Year(text), month));
    }

    // DateTime knows no year 0, which Go parses: a leap year like 4.
    private static int DaysInMonth(int year, int month) => DateTime.DaysInMonth(year == 0 ? 4 : year, month);

    private static long SecondTicks(ReadOnlySpan<byte> text)
    {
        // Any time of year 0 is before any that can be asked for.
        var year = Year(text);
        return year == 0
            ? -TimeSpan.TicksPerDay * 366
            : new DateTime(year, TwoDigits(text, 5), TwoDigits(text, 8), TwoDigits(text, 11), TwoDigits(text, 14), TwoDigits(text, 17)).Ticks;
    }

    private static long FractionTicks(ReadOnlySpan<byte> digits)
    {
        var ticks = 0L;
        for (var i = 0; i < 7; i++)
        {
            ticks = (ticks * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        }

        return ticks;
    }

    private static int Year(ReadOnlySpan<byte> text) => (TwoDigits(text, 0) * 100) + TwoDigits(text, 2);

    private static int TwoDigits(ReadOnlySpan<byte> text, int at) => ((text[at] - '0') * 10) + text[at + 1] - '0';
}
