using System.Text;
using VirtualKubelet.Configuration.Sections;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration;

/// <summary>Reads node YAML: one virtual node per document.</summary>
public static class NodeConfigurationFile
{
    /// <summary>Bytes of the largest file that is read: 1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Reads a file; one that cannot be read is an error of the result, not an exception.</summary>
    public static NodeConfigurationResult Load(string path)
    {
        try
        {
            return TryReadText(path, out var text) ? Parse(text, path) : Refuse(path, Position.Start, TooLarge);
        }
        catch (DecoderFallbackException)
        {
            return Refuse(path, Position.Start, "is not UTF-8 text");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Refuse(path, Position.Start, $"cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads a text; <paramref name="fileName"/> only names it in errors.</summary>
    public static NodeConfigurationResult Parse(string text, string fileName)
    {
        // A character has at least one byte.
        if (text.Length > MaxBytes)
        {
            return Refuse(fileName, Position.Start, TooLarge);
        }

        var yaml = YamlFile.Parse(text);
        var documents = yaml.Documents.Select(d => NodeDocument.Read(d, fileName)).ToList();
        NodeSetRules.Check(documents);
        var errors = documents.SelectMany(d => d.Context.Errors).ToList();
        if (yaml.Problem is { } problem)
        {
            errors.Add(Error(fileName, yaml.ProblemPosition, problem));
        }
        else if (documents.Count == 0)
        {
            errors.Add(Error(fileName, Position.Start, $"holds no document; write one that starts with apiVersion: {NodeConfiguration.ApiVersion}"));
        }

        return errors.Count == 0
            ? new NodeConfigurationResult([.. documents.Select(d => d.Node!)], [])
            : new NodeConfigurationResult([], [.. errors.OrderBy(e => e.Line).ThenBy(e => e.Column)]);
    }

    private static string TooLarge => $"is larger than {MaxBytes >> 20} MiB";

    private static bool TryReadText(string path, out string text)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[MaxBytes + 1];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        text = count > MaxBytes ? "" : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, count);
        return count <= MaxBytes;
    }

    private static NodeConfigurationResult Refuse(string file, Position position, string message) =>
        new([], [Error(file, position, message)]);

    private static ConfigurationError Error(string file, Position position, string message) =>
        new(file, position.Line, position.Column, "", message);
}
