using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Records the wish to delete a workload; the <see cref="JobTerminator"/> fulfils it.</summary>
internal static class JobDeletion
{
    /// <summary>Records a wish; a second one may only shorten the grace.</summary>
    public static void Request(JobEntry entry, TimeSpan gracePeriod, DateTimeOffset now)
    {
        var seconds = (int)Math.Clamp(gracePeriod.TotalSeconds, 0, int.MaxValue);
        try
        {
            // Both files change under the record's lock, so that the shorter of two wishes at once ends up in both.
            entry.ChangeRecord(record => Shorten(entry, record, seconds, now));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"cannot record the deletion in {entry.Layout.Root}: {e.Message}", e);
        }

        entry.SignalDeletion();
    }

    private static SubmitRecord Shorten(JobEntry entry, SubmitRecord record, int seconds, DateTimeOffset now)
    {
        if (record.DeleteRequestedAt is not null && record.GracePeriodSeconds <= seconds)
        {
            return record;
        }

        try
        {
            AtomicFile.WriteJson(entry.Layout.StopFile, new StopRequest(seconds, now), ShimJson.Files.StopRequest);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody removed the directory: the shim ends with the grace of its plan, or is cancelled after this one.
        }

        return record with { DeleteRequestedAt = record.DeleteRequestedAt ?? now, GracePeriodSeconds = seconds };
    }
}
