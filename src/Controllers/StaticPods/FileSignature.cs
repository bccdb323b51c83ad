namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>What the file system says about a file; unequal signatures mean that it has to be read again.</summary>
/// <param name="Target">The file itself, symbolic links followed.</param>
/// <param name="Length">Bytes.</param>
/// <param name="WrittenAt">When it was written last.</param>
internal readonly record struct FileSignature(string Target, long Length, DateTime WrittenAt)
{
    /// <summary>Looks at a file.</summary>
    /// <exception cref="IOException">It is not there, or a link leads nowhere.</exception>
    public static FileSignature Of(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
        {
            file = new FileInfo(file.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        }

        return file.Exists
            ? new FileSignature(file.FullName, file.Length, file.LastWriteTimeUtc)
            : throw new FileNotFoundException("it is not there, or leads to no file");
    }
}
