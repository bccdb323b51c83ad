using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>
/// A file that sbatch holds locked, by flock(1), for as long as it lives. Closes the one gap that a written intent leaves:
/// an agent killed while its sbatch is still talking to the controller.
/// </summary>
internal static class SubmitLock
{
    public static string PathIn(PodDirectoryLayout directory) => Path.Combine(directory.Root, "submit.lock");

    /// <summary>Whether an sbatch for this directory is alive. .NET takes the same flock(2) for an unshared file.</summary>
    public static bool IsHeld(PodDirectoryLayout directory)
    {
        try
        {
            using var _ = new FileStream(PathIn(directory), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
