using System.Buffers;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>
/// What may stand in an <c>#SBATCH</c> line. sbatch has a quoting of its own there; these characters never need it,
/// and none of them ends a line, starts a comment, splits a word or means anything to a shell that reads it as a comment.
/// </summary>
internal static class SbatchValue
{
    private const int MaxLength = 1024;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=,@+%*&|()[]");

    /// <summary>Whether a text can stand in the script as it is.</summary>
    public static bool IsSafe(string value) =>
        value.Length is > 0 and <= MaxLength && !value.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>The text, or an error that names <paramref name="what"/>.</summary>
    /// <exception cref="ProviderException">The text is empty, too long, or has a character that is not allowed.</exception>
    public static string Check(string what, string value) =>
        IsSafe(value)
            ? value
            : throw new ProviderException(
                ProviderErrorKind.Invalid,
                $"{what} must be 1 to {MaxLength} characters out of letters, digits and _-./:=,@+%*&|()[] (no spaces, quotes or line breaks)");
}
