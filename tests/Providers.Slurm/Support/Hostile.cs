using FsCheck;
using FsCheck.Fluent;

namespace VirtualKubelet.Providers.Slurm.Tests.Support;

/// <summary>Strings that mean something to a shell, to sbatch, to a file system or to a reader of logs.</summary>
internal static class Hostile
{
    private static readonly string[] Pieces =
    [
        "'", "\"", "\\", "$(touch pwned)", "`touch pwned`", "${HOME}", "$", "\n", "\r\n", "\n#SBATCH --uid=0\n", "#", ";", "|", "&", "&&", "<", ">", "*", "?", "~", "!",
        " ", "\t", "\0", "\u0001", "\u001b", "%j", "%", "..", "/", "../../", "-", "--", "--wrap=id", "=", ",", ":", "[", "]", "(", ")", "{", "}", "\u20ac", "\ud83d\ude00", "\u2028",
        "a", "Z", "0", "pod", "x.y-z_1",
    ];

    /// <summary>Any of it, in any order; sometimes nothing, sometimes long.</summary>
    public static Gen<string> Text { get; } = Gen.Frequency(
        (12, Gen.Elements(Pieces).ArrayOf().Select(string.Concat)),
        (1, Gen.Constant("")),
        (1, Gen.Elements(Pieces).Select(p => string.Concat(Enumerable.Repeat(p, 2000)))));

    /// <summary>Mostly what is asked for, so that combinations of fields get past the first check.</summary>
    public static Gen<string> Sometimes(Gen<string> harmless) => Gen.Frequency((8, harmless), (1, Text));
}
