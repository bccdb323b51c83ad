using System.Globalization;
using System.Text;

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
        var mark = Encoding.UTF8.GetBytes(directory);
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), CultureInfo.InvariantCulture, out _)))
        {
            var id = int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
            var commandLine = Read(Path.Combine(process, "cmdline"));
            if (id != Environment.ProcessId
                && commandLine.Length > 0
                && (commandLine.AsSpan().IndexOf(mark) >= 0 || Read(Path.Combine(process, "environ")).AsSpan().IndexOf(mark) >= 0))
            {
                found.Add($"{id}: {Encoding.UTF8.GetString(commandLine).Replace('\0', ' ')}");
            }
        }

        return found;
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return [];
        }
    }
}
