using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VirtualKubelet.Configuration.Yaml;

/// <summary>
/// YamlDotNet's parser with one kind of exception: on some damaged texts (a tab in an odd place, a broken directive, an empty tag) its scanner
/// throws InvalidOperationException or ArgumentException instead of its own (<see href="https://github.com/aaubry/YamlDotNet/issues/541"/>).
/// </summary>
internal sealed class CarefulParser(IParser parser) : IParser
{
    public ParsingEvent? Current => parser.Current;

    public bool MoveNext()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            var last = parser.Current?.End ?? Mark.Empty;
            throw new YamlException(last, last, "something after this place cannot be read; look for tabs, brackets and words that start with %, ! or &", e);
        }
    }
}
