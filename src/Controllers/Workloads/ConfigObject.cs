using System.Text;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>What is known of a ConfigMap or Secret. Says nothing of its values when it is shown.</summary>
internal sealed class ConfigObject
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IReadOnlyDictionary<string, string> _texts = new Dictionary<string, string>();
    private readonly IReadOnlyDictionary<string, byte[]>? _bytes;

    private ConfigObject()
    {
    }

    private ConfigObject(IReadOnlyDictionary<string, string>? texts, IReadOnlyDictionary<string, byte[]>? bytes)
    {
        IsKnown = IsFound = true;
        _texts = texts ?? _texts;
        _bytes = bytes;
    }

    /// <summary>The API server says that there is none.</summary>
    public static ConfigObject Missing { get; } = new() { IsKnown = true };

    /// <summary>Whether the API server has said anything about it.</summary>
    public bool IsKnown { get; private init; }

    /// <summary>Whether there is such an object.</summary>
    public bool IsFound { get; }

    /// <summary>Why nothing is known; null while the answer is still to come.</summary>
    public string? Problem { get; private init; }

    /// <summary>Its keys, sorted.</summary>
    public IEnumerable<string> Keys => _texts.Keys.Concat(_bytes?.Keys ?? []).Order(StringComparer.Ordinal);

    /// <summary>A ConfigMap's data.</summary>
    public static ConfigObject Of(IReadOnlyDictionary<string, string>? data) => new(data, null);

    /// <summary>A Secret's data.</summary>
    public static ConfigObject Of(IReadOnlyDictionary<string, byte[]>? data) => new(null, data);

    /// <summary>One of which nothing is known.</summary>
    public static ConfigObject Unknown(string? problem) => new() { Problem = problem };

    /// <summary>Whether there is a key, and its value; null for bytes that are no text, which no variable can hold.</summary>
    public bool TryGet(string key, out string? value)
    {
        value = null;
        if (_bytes is null)
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
}
