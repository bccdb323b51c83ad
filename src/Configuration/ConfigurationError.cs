using System.Globalization;

namespace VirtualKubelet.Configuration;

/// <summary>One thing that is wrong in a configuration file.</summary>
/// <param name="File">The file as it was named by the caller.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
/// <param name="Path">The key, such as <c>spec.slurm.pollInterval</c>; empty when the file as a whole is meant.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record ConfigurationError(string File, int Line, int Column, string Path, string Message)
{
    /// <summary><c>file:line:column: path: message</c>, as compilers print it.</summary>
    public override string ToString()
    {
        var subject = Path.Length == 0 ? "" : $"{Path}: ";
        return string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {subject}{Message}");
    }
}
