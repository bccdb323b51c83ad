using YamlDotNet.Core;

namespace VirtualKubelet.Configuration.Yaml;

/// <summary>YamlDotNet's marks as positions.</summary>
internal static class Positions
{
    public static Position From(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
