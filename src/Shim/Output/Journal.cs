using System.Globalization;
using System.Text;

namespace VirtualKubelet.Shim.Output;

/// <summary>What the shim tells people: lines on stderr, which the job script sends to <c>job.out</c>.</summary>
internal sealed class Journal(TimeProvider time)
{
    private const int LongestMessage = 16 * 1024;
    private readonly Stream stderr = Console.OpenStandardError();
    private readonly Lock gate = new();

    /// <summary>Writes one line of bounded length; control characters are blanked, so that nothing a pod says can forge another.</summary>
    public void Report(string message)
    {
        var text = new StringBuilder(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append(" vk-slurm-shim: ");
        foreach (var c in message.AsSpan(0, Math.Min(message.Length, LongestMessage)))
        {
            text.Append(char.IsControl(c) ? ' ' : c);
        }

        try
        {
            lock (gate)
            {
                stderr.Write(Encoding.UTF8.GetBytes(text.Append('\n').ToString()));
            }
        }
        catch (IOException)
        {
            // Nobody listens, or the disk under job.out is full: the containers matter more.
        }
    }
}
