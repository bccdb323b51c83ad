using System.Text;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>What is known of a ConfigMap or Secret. Says nothing of its values when it is shown.</summary>
internal sealed class ConfigObject
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IReadOnlyDictionary<string, string> _texts = new Dictionary<string, string>();
    private readonly IReadOnlyDictionary<string, byte[]> _bytes = new Dictionary<string, byte[]>();
    private readonly bool _isSecret;

    private ConfigObject()
    {
    }

    private ConfigObject(IReadOnlyDictionary<string, string>? texts, IReadOnlyDictionary<string, byte[]>? bytes, bool isSecret)
    {
        IsKnown = IsFound = true;
        _texts = texts ?? _texts;
        _bytes = bytes ?? _bytes;
        _isSecret = isSecret;
    }

    /// <summary>The API server says that there is none.</summary>
    public static ConfigObject Missing { get; } = new() { IsKnown = true };

    /// <summary>Whether the API server has said anything about it.</summary>
    public bool IsKnown { get; private init; }

    /// <summary>Whether there is such an object.</summary>
    public bool IsFound { get; }

    /// <summary>Why nothing is known; null while the answer is still to come.</summary>
    public string? Problem { get; private init; }

    /// <summary>The keys that variables can be made of, sorted: of a ConfigMap its texts only.</summary>
    public IEnumerable<string> VariableKeys => (_isSecret ? _bytes.Keys : _texts.Keys).Order(StringComparer.Ordinal);

    /// <summary>All its keys, sorted.</summary>
    public IEnumerable<string> Keys => _texts.Keys.Union(_bytes.Keys).Order(StringComparer.Ordinal);

    /// <summary>A ConfigMap.</summary>
    public static ConfigObject Of(ConfigMap map) => new(map.Data, map.BinaryData, isSecret: false);

    /// <summary>A Secret.</summary>
    public static ConfigObject Of(Secret secret) => new(null, secret.Data, isSecret: true);

    /// <summary>One of which nothing is known.</summary>
    public static ConfigObject Unknown(string? problem) => new() { Problem = problem };

    /// <summary>Whether there is a key for a variable, and its value; null for bytes that are no text, which no variable can hold.</summary>
    public bool TryGetText(string key, out string? value)
    {
        value = null;
        if (!_isSecret)
        {
            return _texts.TryGetValue(key, out value);
        }

        if (!_bytes.TryGetValue(key, out var bytes))
        {
            return false;
        }

        try
        {
            value = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Told by the null.
        }

        return true;
    }

    /// <summary>The content of a file; null when there is no such key.</summary>
    public ReadOnlyMemory<byte>? Content(string key) =>
        _texts.TryGetValue(key, out var text) ? Encoding.UTF8.GetBytes(text)
        : _bytes.TryGetValue(key, out var bytes) ? bytes
        : (ReadOnlyMemory<byte>?)null;
}
