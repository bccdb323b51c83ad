using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>What is learned while one document is read: its errors, and where each key stands for rules that look at several.</summary>
internal sealed class ReadContext(string file)
{
    private readonly List<ConfigurationError> errors = [];
    private readonly Dictionary<string, Position> positions = new(StringComparer.Ordinal);

    public IReadOnlyList<ConfigurationError> Errors => errors;

    public void Report(Position position, string path, string message) =>
        errors.Add(new ConfigurationError(file, position.Line, position.Column, path, message));

    public void Remember(string path, Position position) => positions.TryAdd(path, position);

    /// <summary>Where the key stands, or the nearest key around it that the file spells out.</summary>
    public Position Find(string path)
    {
        while (true)
        {
            if (positions.TryGetValue(path, out var position))
            {
                return position;
            }

            var end = path.LastIndexOfAny(['.', '[']);
            if (path.Length == 0)
            {
                return Position.Start;
            }

            path = end < 0 ? "" : path[..end];
        }
    }
}
