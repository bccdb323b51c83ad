using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Records the wish to delete a workload; the <see cref="JobTerminator"/> fulfils it.</summary>
internal static class JobDeletion
{
    /// <summary>Records a wish; a second one may only shorten the grace.</summary>
    public static void Request(JobEntry entry, int graceSeconds, DateTimeOffset now)
    {
        var known = entry.Record.DeleteRequestedAt is not null ? entry.Record.GracePeriodSeconds : null;
        if (known <= graceSeconds)
        {
            return;
        }

        try
        {
            AtomicFile.WriteJson(entry.Layout.StopFile, new StopRequest(graceSeconds, now), ShimJson.Files.StopRequest);
            entry.ChangeRecord(record => record with
            {
                DeleteRequestedAt = record.DeleteRequestedAt ?? now,
                GracePeriodSeconds = graceSeconds,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"cannot record the deletion in {entry.Layout.Root}: {e.Message}", e);
        }

        // The shim reads the shorter grace when it is told again.
        entry.TerminatedAt = null;
        entry.SignalDeletion();
    }
}
