using System.Globalization;
using System.Text;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Processes;

/// <summary>The environment the job gave to the shim, and what a container gets on top of it, as bytes.</summary>
internal sealed class JobEnvironment
{
    private readonly IReadOnlyList<byte[]> inherited;

    private JobEnvironment(IReadOnlyList<byte[]> inherited) => this.inherited = inherited;

    /// <summary>Reads the shim's own environment; .NET's copy would replace what is not UTF-8.</summary>
    public static JobEnvironment Read() => Parse(File.ReadAllBytes("/proc/self/environ"));

    /// <summary>Reads the environment another process of this user was started with.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    /// <exception cref="UnauthorizedAccessException">It is another user's.</exception>
    public static JobEnvironment Of(int pid) => Parse(File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ")));

    private static JobEnvironment Parse(ReadOnlySpan<byte> block)
    {
        var entries = new List<byte[]>();
        while (!block.IsEmpty)
        {
            var end = block.IndexOf((byte)0);
            var entry = end < 0 ? block : block[..end];
            entries.Add(entry.ToArray());
            block = end < 0 ? [] : block[(end + 1)..];
        }

        return new(entries);
    }

    /// <summary>The job's variables, each replaced by the container's of the same name, then the container's others; a later one of the same name wins.</summary>
    public IReadOnlyList<byte[]> With(IEnumerable<EnvironmentVariable> variables)
    {
        // Latin-1 maps each byte to one character, which makes byte strings comparable as keys.
        var result = new OrderedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in inherited)
        {
            result.TryAdd(NameOf(entry), entry);
        }

        foreach (var variable in variables)
        {
            var entry = Encoding.UTF8.GetBytes($"{variable.Name}={variable.Value}");
            result[NameOf(entry)] = entry;
        }

        return [.. result.Values];
    }

    /// <summary>The value of a variable among such entries, or null.</summary>
    public static byte[]? Find(IReadOnlyList<byte[]> entries, ReadOnlySpan<byte> name)
    {
        foreach (var entry in entries)
        {
            if (entry.Length > name.Length && entry[name.Length] == '=' && entry.AsSpan().StartsWith(name))
            {
                return entry[(name.Length + 1)..];
            }
        }

        return null;
    }

    private static string NameOf(byte[] entry)
    {
        var equals = Array.IndexOf(entry, (byte)'=');
        return Encoding.Latin1.GetString(entry, 0, equals < 0 ? entry.Length : equals);
    }
}
