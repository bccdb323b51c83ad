using System.Text;
using System.Text.Json;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>Reads a kubeconfig.</summary>
public static class KubeConfigFile
{
    private const int MaxFileBytes = 4 << 20;

    /// <summary>What a context of a kubeconfig says about a connection.</summary>
    /// <param name="path">The file; paths in it are relative to its directory.</param>
    /// <param name="context">The context; null is the file's current one.</param>
    /// <exception cref="ApiConfigurationException">The file cannot be read, or does not say what is needed; the message tells what and where.</exception>
    public static ApiConnectionOptions Load(string path, string? context = null) =>
        new KubeConfigResolver(path, Parse(path, ReadFile(path))).Resolve(context);

    private static byte[] ReadFile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= MaxFileBytes
                ? File.ReadAllBytes(path)
                : throw new ApiConfigurationException($"the kubeconfig {path} is {length} bytes long; that is no kubeconfig");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiConfigurationException($"the kubeconfig {path} cannot be read: {e.Message}", e);
        }
    }

    private static KubeConfig Parse(string path, byte[] bytes)
    {
        try
        {
            var documents = YamlManifestReader.Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\ufeff'));
            return documents is [ManifestNode.Mapping map]
                ? JsonSerializer.Deserialize(new ManifestJson().Write(map), KubeConfigJson.Default.KubeConfig)!
                : throw new ApiConfigurationException($"the kubeconfig {path} is not one YAML map");
        }
        catch (ManifestSyntaxException e)
        {
            throw new ApiConfigurationException($"the kubeconfig {path}{(e.Line is { } line ? $":{line}" : "")} {e.Message}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new ApiConfigurationException($"the kubeconfig {path} is not UTF-8 text", e);
        }
        catch (JsonException e)
        {
            throw new ApiConfigurationException($"the kubeconfig {path} has a value of the wrong type at {Shown.Plain(e.Path ?? "$")}", e);
        }
    }
}
