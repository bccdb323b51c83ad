namespace VirtualKubelet.Benchmarks.Results;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Figures">Our figure and the raw tool's.</param>
internal sealed record Result(string What, string Figures)
{
    private const int WhatWidth = 46;

    /// <summary>What counts; absent where the figures are only told.</summary>
    public double? Value { get; init; }

    /// <summary>What <see cref="Value"/> has to reach.</summary>
    public Bar? Bar { get; init; }

    /// <summary>Whether the bar, if there is one, is met.</summary>
    public bool IsMet => Bar is null || Value is null || Bar.IsMetBy(Value.Value);

    /// <inheritdoc/>
    public override string ToString()
    {
        var line = $"{What.PadRight(WhatWidth)}: {Figures}";
        return Bar is { } bar && Value is { } value ? $"{line} → {bar.Judge(value)}" : line;
    }
}
