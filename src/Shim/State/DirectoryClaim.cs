using System.Runtime.InteropServices;
using System.Text.Json;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.State;

/// <summary>Makes sure that only one job ever runs the pod.</summary>
internal static class DirectoryClaim
{
    /// <summary>Claims the directory for a job, or takes over the claim of the same job (a requeue).</summary>
    /// <exception cref="ShimException">Another job holds it (nothing was touched), or the directory cannot be written.</exception>
    public static void Take(PodDirectoryLayout layout, JobIdentity job, DateTimeOffset now)
    {
        try
        {
            var mine = new JobClaim(job.JobId, job.Node, now);
            if (File.Exists(layout.ClaimFile) || !TryCreate(layout.ClaimFile, mine))
            {
                TakeOver(layout.ClaimFile, mine);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ShimException(ShimExitCodes.Io, $"cannot claim {layout.Root}: {e.Message}");
        }
    }

    /// <summary>Creates the claim with its content at once: a hard link is exclusive on NFS too, and a crash cannot leave half a claim.</summary>
    private static bool TryCreate(string path, JobClaim mine)
    {
        var temporary = $"{path}.{Environment.MachineName}.{Environment.ProcessId}.new";
        AtomicFile.WriteJson(temporary, mine, ShimJson.Files.JobClaim);
        try
        {
            if (Libc.Link(temporary, path) == 0)
            {
                return true;
            }

            // Only a claim decides; any other refusal means a file system without hard links.
            return Marshal.GetLastPInvokeError() != LinuxConstants.FileExists && TryCreateWithoutLink(path, temporary);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static bool TryCreateWithoutLink(string path, string temporary)
    {
        try
        {
            using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = AtomicFile.PrivateFile });
            stream.Write(File.ReadAllBytes(temporary));
            stream.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static void TakeOver(string path, JobClaim mine)
    {
        var holder = ReadHolder(path);
        if (holder?.JobId != mine.JobId)
        {
            throw new ShimException(
                ShimExitCodes.ClaimedByOther,
                holder is null
                    ? $"{path} is not readable as a claim; the pod is left alone"
                    : $"the pod belongs to job {holder.JobId}, which started on {holder.Node} at {holder.StartedAt:O}; this is job {mine.JobId}");
        }

        AtomicFile.WriteJson(path, mine, ShimJson.Files.JobClaim);
    }

    private static JobClaim? ReadHolder(string path)
    {
        try
        {
            return PodFiles.Read(path, ShimJson.Files.JobClaim);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
