using System.Globalization;
using System.Runtime.CompilerServices;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>Tags as the labels of the text format: <c>{code="200",route="/pods"}</c>, sorted, empty without tags.</summary>
internal static class LabelText
{
    /// <summary>Appends the labels; a measurement's path, so nothing is allocated for tags that come sorted and as strings.</summary>
    public static void Append(ref DefaultInterpolatedStringHandler text, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return;
        }

        if (!IsSorted(tags))
        {
            // Order decides identity in the text, not in the meaning: sorted, the same tags are one series.
            var sorted = tags.ToArray();
            Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
            tags = sorted;
        }

        text.AppendLiteral("{");
        for (var i = 0; i < tags.Length; i++)
        {
            text.AppendLiteral(i == 0 ? "" : ",");
            text.AppendLiteral(MetricNames.Clean(tags[i].Key));
            text.AppendLiteral("=\"");
            AppendValue(ref text, tags[i].Value);
            text.AppendLiteral("\"");
        }

        text.AppendLiteral("}");
    }

    private static bool IsSorted(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (var i = 1; i < tags.Length; i++)
        {
            if (string.CompareOrdinal(tags[i - 1].Key, tags[i].Key) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void AppendValue(ref DefaultInterpolatedStringHandler text, object? value)
    {
        var plain = value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        text.AppendLiteral(plain.AsSpan().ContainsAny('\\', '"', '\n')
            ? plain.Replace(@"\", @"\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)
            : plain);
    }
}
