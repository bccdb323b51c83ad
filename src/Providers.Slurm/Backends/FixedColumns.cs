namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>
/// Columns of <c>squeue -O</c> and <c>sinfo -O</c>: each exactly as wide as asked for, padded or cut.
/// Widths rather than a separator, because reasons and comments are free text that may contain any separator.
/// </summary>
/// <param name="columns">Slurm's field names and the widths to ask for.</param>
internal sealed class FixedColumns(params (string Field, int Width)[] columns)
{
    private readonly int _width = columns.Sum(c => c.Width);

    /// <summary>The argument of <c>-O</c>.</summary>
    public string Format { get; } = string.Join(',', columns.Select(c => $"{c.Field}:{c.Width}"));

    /// <summary>Splits output into rows of trimmed fields; lines that are too short to be rows are left out.</summary>
    public IEnumerable<string[]> Rows(string output)
    {
        foreach (var line in output.Split('\n'))
        {
            // The last column may come without its padding.
            if (line.Length > _width - columns[^1].Width)
            {
                yield return Split(line);
            }
        }
    }

    private string[] Split(string line)
    {
        var fields = new string[columns.Length];
        var start = 0;
        for (var i = 0; i < columns.Length; i++)
        {
            var length = Math.Min(columns[i].Width, line.Length - start);
            fields[i] = line.Substring(start, length).Trim();
            start += length;
        }

        return fields;
    }
}
