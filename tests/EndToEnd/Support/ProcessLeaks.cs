using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Support;

/// <summary>Finds processes that name a directory of the tests in their command line or their environment.</summary>
internal static class ProcessLeaks
{
    /// <summary>Waits a moment for the last ones to end, then fails with those that stay.</summary>
    public static async Task AssertNoneAsync(string directory)
    {
        await Poll.UntilAsync(
            () =>
            {
                var left = Of(directory);
                return Task.FromResult((left.Count == 0, left));
            },
            left => string.Join("; ", left),
            $"the end of all processes of {directory}",
            TimeSpan.FromSeconds(20));
    }

    private static List<string> Of(string directory)
    {
        bool Names(string word) => word.Contains(directory, StringComparison.Ordinal);

        var found = new List<string>();
        foreach (var process in RunningProcesses.All().Where(id => id != Environment.ProcessId))
        {
            var arguments = RunningProcesses.ArgumentsOf(process);
            if (arguments.Length > 0 && (arguments.Any(Names) || RunningProcesses.EnvironmentOf(process).Any(Names)))
            {
                found.Add($"{process}: {string.Join(' ', arguments)}");
            }
        }

        return found;
    }
}
