using System.Text;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>Names in the Prometheus text format.</summary>
internal static class MetricNames
{
    /// <summary>
    /// An instrument's name in Prometheus' style: underscores for all but letters and digits, then the unit in words, then
    /// <c>_total</c> for counters; <c>vk_slurm.log.bytes</c>, a counter in <c>By</c>, is <c>vk_slurm_log_bytes_total</c>.
    /// </summary>
    public static string Export(string name, string? unit, MetricKind kind)
    {
        var exported = new StringBuilder(Clean(name));
        if (UnitSuffix(unit) is { } suffix && !EndsWith(exported, suffix))
        {
            exported.Append(suffix);
        }

        if (kind == MetricKind.Counter && !EndsWith(exported, "_total"))
        {
            exported.Append("_total");
        }

        return exported.ToString();
    }

    /// <summary>A name with nothing but letters, digits and underscores, the first no digit.</summary>
    public static string Clean(string name)
    {
        var clean = string.Create(name.Length, name, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(text[i]) ? text[i] : '_';
            }
        });
        return clean.Length > 0 && char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }

    private static bool EndsWith(StringBuilder text, string suffix) =>
        text.ToString().EndsWith(suffix, StringComparison.Ordinal);

    // UCUM codes; annotations such as {request} name what is counted and are no unit.
    private static string? UnitSuffix(string? unit) => unit switch
    {
        "s" => "_seconds",
        "ms" => "_milliseconds",
        "By" => "_bytes",
        _ => null,
    };
}
