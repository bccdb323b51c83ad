using System.Security.Cryptography;
using System.Text;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// UIDs of static pods, made as a kubelet makes them (pkg/kubelet/config/common.go, applyDefaults): MD5 over the pod, then
/// <c>host:&lt;node&gt;</c>, then <c>file:&lt;path&gt;</c>. A kubelet hashes its own memory layout of the pod; here it is the pod's canonical JSON.
/// The UID survives restarts and reformatting; a changed pod, node or file is another pod.
/// </summary>
internal static class StaticPodUid
{
    /// <summary>The UID: 32 hexadecimal digits.</summary>
    /// <param name="canonicalJson">The pod as <see cref="ManifestJson"/> writes it.</param>
    /// <param name="nodeName">The node's name.</param>
    /// <param name="path">The file's full path.</param>
    public static string Compute(ReadOnlySpan<byte> canonicalJson, string nodeName, string path)
    {
#pragma warning disable CA5351 // MD5 names the pod as a kubelet would; nothing is protected by it.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        hash.AppendData(canonicalJson);
        hash.AppendData(Encoding.UTF8.GetBytes($"host:{nodeName}"));
        hash.AppendData(Encoding.UTF8.GetBytes($"file:{path}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
