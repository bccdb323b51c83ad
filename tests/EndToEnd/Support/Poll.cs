namespace VirtualKubelet.EndToEnd.Support;

/// <summary>Waits for what shows itself only when one looks.</summary>
internal static class Poll
{
    /// <summary>How long anything may take on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks until something is seen; the error says what was seen last.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<(bool Done, T Value)>> look, Func<T, string> describe, string what, TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        while (true)
        {
            var (done, value) = await look();
            if (done)
            {
                return value;
            }

            if (timeout.IsCancellationRequested)
            {
                throw new TimeoutException($"waited in vain for {what}; seen last: {describe(value)}");
            }

            await Task.Delay(Interval);
        }
    }

    /// <summary>Looks until a condition holds.</summary>
    public static Task UntilAsync(Func<Task<bool>> look, string what, TimeSpan? patience = null) =>
        UntilAsync(async () => (await look(), 0), _ => "no change", what, patience);

    /// <summary>Waits for a file and reads it.</summary>
    public static async Task<string> ForFileAsync(string path)
    {
        await UntilAsync(() => Task.FromResult(File.Exists(path)), $"the file {path}");
        return await File.ReadAllTextAsync(path);
    }
}
