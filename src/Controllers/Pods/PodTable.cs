using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>
/// What is wanted and what is, by name of pod; publishes each change to the store. Every method is short and in memory, so one lock guards it all.
/// Methods that take in news return the keys that need attention.
/// </summary>
internal sealed class PodTable(PodStore store, PodStatusBuilder statuses, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PodKey, PodSlot> _slots = [];
    private readonly Dictionary<string, PodKey> _keysByUid = new(StringComparer.Ordinal);
    private int _epoch;
    private bool _isListed;

    /// <summary>Takes in what the source tells.</summary>
    public IReadOnlyList<PodKey> Apply(PodSourceEvent news)
    {
        lock (_gate)
        {
            switch (news)
            {
                case PodSourceEvent.Declared declared:
                    Declare(declared.Pod);
                    return [declared.Pod.Key];
                case PodSourceEvent.Withdrawn withdrawn:
                    Withdraw(withdrawn.Key);
                    return [withdrawn.Key];
                default:
                    return EndListing();
            }
        }
    }

    /// <summary>The source begins anew: what it does not tell again before it has told everything is withdrawn.</summary>
    public void BeginListing()
    {
        lock (_gate)
        {
            _epoch++;
        }
    }

    /// <summary>Takes in a change that the provider reports.</summary>
    public PodKey Apply(WorkloadStatus reported)
    {
        lock (_gate)
        {
            return Report(reported);
        }
    }

    /// <summary>Takes in all that the provider knows; what it knew when the list was asked for and is not in it, is gone.</summary>
    public IReadOnlyList<PodKey> Apply(IReadOnlyList<WorkloadStatus> all, long askedAt)
    {
        lock (_gate)
        {
            var keys = all.Select(Report).ToList();
            var listed = all.Select(s => s.Id.Uid).ToHashSet(StringComparer.Ordinal);
            var lost = _slots.Values.SelectMany(s => s.Records.Values).Where(r => r.KnownSince < askedAt && !listed.Contains(r.Id.Uid)).ToList();
            foreach (var record in lost)
            {
                logger.WorkloadMissing(KeyOf(record), record.Id.Uid, record.JobId);
                keys.Add(Forget(record.Id));
            }

            return keys;
        }
    }

    /// <summary>What to do next for a key.</summary>
    public PodStep NextStep(PodKey key)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(key, out var slot))
            {
                return new PodStep.None();
            }

            var step = slot.NextStep(_isListed);
            Publish(key, slot);
            return step is PodStep.Create create && _keysByUid.TryGetValue(create.Pod.Metadata.Uid!, out var owner) && owner != key
                ? new PodStep.LookAgain()
                : step;
        }
    }

    /// <summary>The provider took the pod, or its changes.</summary>
    public void MarkApplied(Pod pod) => Change(pod, record =>
    {
        Know(record);
        record.Applied = pod;
        if (record.Reported is null)
        {
            // What delayed the pod is over; the provider will say how it fares.
            record.Status = statuses.Pending(pod, record.Status);
        }
    });

    /// <summary>The provider does not know the pod.</summary>
    public void MarkUnknown(WorkloadId id)
    {
        lock (_gate)
        {
            Forget(id);
        }
    }

    /// <summary>The provider was asked to delete the pod.</summary>
    public void MarkDeleting(WorkloadId id, TimeSpan gracePeriod)
    {
        lock (_gate)
        {
            var key = KeyOf(id);
            if (_slots.TryGetValue(key, out var slot) && slot.Records.TryGetValue(id.Uid, out var record))
            {
                record.DeletionTimestamp = time.GetUtcNow() + gracePeriod;
                Publish(key, slot);
            }
        }
    }

    /// <summary>The pod will never run.</summary>
    public void MarkFailed(Pod pod, string reason, string message) =>
        Change(pod, record => record.Status = statuses.Failed(pod, record.Status, reason, message));

    /// <summary>The pod cannot be given to the provider now.</summary>
    public void MarkDelayed(Pod pod, string reason, string message) =>
        Change(pod, record => record.Status = record.IsKnown ? record.Status : statuses.Pending(pod, record.Status, reason, message));

    private void Declare(DeclaredPod declared)
    {
        var slot = Slot(declared.Key);
        (slot.Declared, slot.Epoch) = (declared, _epoch);
        var record = Record(slot, new WorkloadId(declared.Key.Namespace, declared.Key.Name, declared.Uid));
        record.Pod = declared.Pod;
        if (declared.Errors.Count > 0)
        {
            record.Status = statuses.Failed(declared.Pod, record.Status, PodFailureReasons.InvalidManifest, PodFailureReasons.Join(declared.Errors));
            logger.PodInvalid(declared.Key, declared.Uid, PodFailureReasons.Join(declared.Errors));
        }
        else
        {
            record.Status = record.Reported is { } reported
                ? statuses.Complete(declared.Pod, reported, record.Status ?? declared.Pod.Status)
                : record.Status ?? statuses.Pending(declared.Pod, declared.Pod.Status);
            logger.PodDeclared(declared.Key, declared.Uid);
        }

        Publish(declared.Key, slot);
    }

    private void Withdraw(PodKey key)
    {
        if (_slots.TryGetValue(key, out var slot) && slot.Declared is { } declared)
        {
            logger.PodWithdrawn(key, declared.Uid);
            slot.Declared = null;
        }
    }

    private List<PodKey> EndListing()
    {
        _isListed = true;
        foreach (var (key, _) in _slots.Where(s => s.Value.Declared is not null && s.Value.Epoch < _epoch).ToList())
        {
            Withdraw(key);
        }

        return [.. _slots.Keys];
    }

    private PodKey Report(WorkloadStatus reported)
    {
        if (reported.Gone)
        {
            return Forget(reported.Id);
        }

        var key = KeyOf(reported.Id);
        var slot = Slot(key);
        var record = Record(slot, reported.Id);
        Know(record);
        LogJob(key, record, reported);
        record.Reported = reported.Status;
        if (record.Pod is { } pod)
        {
            var before = record.Status?.Phase;
            record.Status = statuses.Complete(pod, reported.Status, record.Status);
            LogPhase(key, record, before);
        }

        Publish(key, slot);
        return key;
    }

    private PodKey Forget(WorkloadId id)
    {
        var key = KeyOf(id);
        if (!_slots.TryGetValue(key, out var slot) || !slot.Records.TryGetValue(id.Uid, out var record))
        {
            return key;
        }

        logger.WorkloadGone(key, id.Uid, record.JobId);
        var isFinal = PodPhases.IsTerminal(record.Status?.Phase) && record.DeletionTimestamp is null;
        (record.KnownSince, record.Reported, record.Applied, record.DeletionTimestamp) = (null, null, null, null);
        _keysByUid.Remove(id.Uid);
        if (record == slot.Wanted && !isFinal)
        {
            record.JobId = null;
            record.Status = statuses.Pending(record.Pod!, null);
        }

        Publish(key, slot);
        return key;
    }

    private void Change(Pod pod, Action<PodRecord> change)
    {
        lock (_gate)
        {
            var key = PodKey.Of(pod);
            if (_slots.TryGetValue(key, out var slot) && slot.Records.TryGetValue(pod.Metadata.Uid!, out var record))
            {
                change(record);
                Publish(key, slot);
            }
        }
    }

    private void Publish(PodKey key, PodSlot slot)
    {
        if (slot.IsEmpty)
        {
            _slots.Remove(key);
        }

        store.Set(key, slot.View());
    }

    private void Know(PodRecord record)
    {
        record.KnownSince ??= time.GetTimestamp();
        _keysByUid[record.Id.Uid] = KeyOf(record);
    }

    private PodSlot Slot(PodKey key)
    {
        if (!_slots.TryGetValue(key, out var slot))
        {
            _slots[key] = slot = new PodSlot();
        }

        return slot;
    }

    private static PodRecord Record(PodSlot slot, WorkloadId id)
    {
        if (!slot.Records.TryGetValue(id.Uid, out var record))
        {
            slot.Records[id.Uid] = record = new PodRecord(id);
        }

        return record;
    }

    private static PodKey KeyOf(WorkloadId id) => new(id.Namespace, id.Name);

    private static PodKey KeyOf(PodRecord record) => KeyOf(record.Id);

    private void LogJob(PodKey key, PodRecord record, WorkloadStatus reported)
    {
        if (reported.JobId is { } job && job != record.JobId)
        {
            record.JobId = job;
            logger.PodHasJob(key, record.Id.Uid, job);
        }
    }

    private void LogPhase(PodKey key, PodRecord record, string? before)
    {
        if (record.Status!.Phase != before)
        {
            logger.PhaseChanged(key, record.Id.Uid, record.JobId, record.Status.Phase, record.Status.Reason ?? "");
        }
    }
}
