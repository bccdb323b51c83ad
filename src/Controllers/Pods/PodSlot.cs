using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>
/// All pods of one name: the one that is wanted, and those before it that have not ended yet. Decides what to do next and what to show.
/// Guarded by <see cref="PodTable"/>.
/// </summary>
internal sealed class PodSlot
{
    /// <summary>The pod that is wanted.</summary>
    public DeclaredPod? Declared { get; set; }

    /// <summary>The enumeration of the source that told <see cref="Declared"/>.</summary>
    public int Epoch { get; set; }

    /// <summary>All pods of this name, by UID.</summary>
    public Dictionary<string, PodRecord> Records { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the slot can be forgotten.</summary>
    public bool IsEmpty => Declared is null && Records.Count == 0;

    /// <summary>The record of the pod that is wanted.</summary>
    public PodRecord? Wanted => Declared is null ? null : Records.GetValueOrDefault(Declared.Uid);

    private IEnumerable<PodRecord> Unwanted => Records.Values.Where(r => r.Id.Uid != Declared?.Uid);

    /// <summary>What to do next.</summary>
    /// <param name="isListed">Whether the source has told everything that is wanted.</param>
    public PodStep NextStep(bool isListed)
    {
        foreach (var never in Unwanted.Where(r => !r.IsKnown).ToList())
        {
            Records.Remove(never.Id.Uid);
        }

        if (Unwanted.FirstOrDefault(r => r.IsToBeAsked && MayDelete(r, isListed)) is { } unwanted)
        {
            return new PodStep.Delete(unwanted.Id, unwanted.GracePeriod);
        }

        // The old pod is gone before the new one of its name is made: they may share files, ports and names outside.
        return Unwanted.Any() || Wanted is not { } wanted || Declared!.Errors.Count > 0 ? new PodStep.None() : NextStep(Declared, wanted);
    }

    /// <summary>The pod that bears the name now, with its status; null when there is none.</summary>
    public Pod? View()
    {
        if (Unwanted.FirstOrDefault(r => r.Pod is not null) is { } ending)
        {
            return Show(ending, ending.Status);
        }

        return Wanted is not { } wanted ? null
            : Unwanted.Any() && Declared!.Errors.Count == 0 ? Show(wanted, wanted.Status! with
            {
                Reason = PodFailureReasons.WaitingForPredecessor,
                Message = $"an earlier pod of this name has not ended yet: {string.Join(", ", Unwanted.Select(r => r.Id.Uid))}",
            })
            : Show(wanted, wanted.Status);
    }

    // What the source has shown in this process and shows no more is not wanted. Of what only the provider knows this can be said
    // once the source has told everything, or when another valid pod has taken the name; a mistake in a manifest never stops a pod.
    private bool MayDelete(PodRecord record, bool isListed) =>
        record.Pod is not null || (Declared is null ? isListed : Declared.Errors.Count == 0);

    private static PodStep NextStep(DeclaredPod declared, PodRecord wanted)
    {
        if (IsToEnd(declared, wanted))
        {
            // The provider is asked even for a pod that it never confirmed: an earlier call may have reached it without an answer.
            return !wanted.IsEnded && wanted.IsToBeAsked ? new PodStep.Delete(wanted.Id, wanted.GracePeriod) : new PodStep.None();
        }

        // Being deleted means that it was unwanted meanwhile; it is made anew once it is gone.
        if (wanted.DeletionTimestamp is not null || PodPhases.IsTerminal(wanted.Status?.Phase))
        {
            return new PodStep.None();
        }

        if (!wanted.IsKnown)
        {
            return declared.RunsOnce && PodTraces.HasRun(wanted.Status) ? new PodStep.Lose(wanted.Pod!) : new PodStep.Create(wanted.Pod!);
        }

        return PodMetadata.IsSame(wanted.Applied, wanted.Pod!) ? new PodStep.Refresh(wanted.Pod!, wanted.Given) : new PodStep.Update(wanted.Pod!);
    }

    // Somebody else may have declared a pod finished, as the garbage collector of a lost node does; nothing of it may run on then.
    private static bool IsToEnd(DeclaredPod declared, PodRecord wanted) =>
        declared.Deletion is not null
        || (declared.RunsOnce && wanted.IsKnown && PodPhases.IsTerminal(wanted.Status?.Phase) && !PodPhases.IsTerminal(wanted.Reported?.Phase));

    private static Pod Show(PodRecord record, PodStatus? status) => record.Pod! with
    {
        Status = status,
        Metadata = record.DeletionTimestamp is { } deletion && record.Pod.Metadata.DeletionTimestamp is null
            ? record.Pod.Metadata with { DeletionTimestamp = deletion, DeletionGracePeriodSeconds = (long)record.GracePeriod.TotalSeconds }
            : record.Pod.Metadata,
    };
}
