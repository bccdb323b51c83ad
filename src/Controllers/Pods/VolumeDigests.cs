using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Remembers what volumes hold without holding it: a digest of each, by name.</summary>
internal sealed class VolumeDigests
{
    private readonly Dictionary<string, string> _digests;

    private VolumeDigests(IEnumerable<KeyValuePair<string, string>> digests) => _digests = new(digests, StringComparer.Ordinal);

    /// <summary>Those of no volume.</summary>
    public static VolumeDigests None { get; } = new([]);

    /// <summary>Those of volumes.</summary>
    public static VolumeDigests Of(IReadOnlyList<WorkloadVolume> volumes) =>
        volumes.Count == 0 ? None : new(volumes.Select(v => KeyValuePair.Create(v.Name, Digest(v))));

    /// <summary>Whether each of the others is here and the same.</summary>
    public bool Include(VolumeDigests others) => others._digests.All(o => _digests.TryGetValue(o.Key, out var digest) && digest == o.Value);

    /// <summary>These, with what is newer taking the place of what is older.</summary>
    public VolumeDigests With(VolumeDigests newer) => new(_digests.Where(d => !newer._digests.ContainsKey(d.Key)).Concat(newer._digests));

    private static string Digest(WorkloadVolume volume)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in volume.Files)
        {
            Append(hash, Encoding.UTF8.GetBytes(file.Path));
            Append(hash, file.Content.Span);
            Append(hash, [(byte)file.Mode, (byte)((int)file.Mode >> 8)]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // With its length, so that no two lists of files read alike.
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
