using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>
/// What is wanted and what is, by name of pod; publishes each change to the store. Every method is short and in memory, so one lock guards it all.
/// Methods that take in news return the keys that need attention.
/// </summary>
internal sealed class PodTable(PodStore store, PodStatusBuilder statuses, IEventRecorder events, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PodKey, PodSlot> _slots = [];
    private readonly Dictionary<string, PodKey> _keysByUid = new(StringComparer.Ordinal);
    private int _epoch;
    private bool _isListed;

    /// <summary>Something about the pods of that name may have changed. Handlers are called under the lock and must not wait.</summary>
    public event Action<PodKey>? Changed;

    /// <summary>What is to be said of the pod that is wanted; null when that is another one, or none.</summary>
    public PodReport? Find(PodKey key, string uid)
    {
        lock (_gate)
        {
            return _slots.TryGetValue(key, out var slot) && slot.Wanted is { Status: { } status } wanted && wanted.Id.Uid == uid
                ? new PodReport(status, wanted.IsEnded && PodPhases.IsTerminal(status.Phase))
                : null;
        }
    }

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
                    Withdraw(withdrawn.Key, withdrawn.GracePeriod);
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

    /// <summary>The provider took the pod, with these files unless it had it already.</summary>
    public void MarkCreated(Pod pod, VolumeDigests files) => MarkApplied(pod, record => record.IsUncertain ? VolumeDigests.None : files);

    /// <summary>The provider took changes of the pod.</summary>
    public void MarkUpdated(Pod pod, VolumeDigests files) => MarkApplied(pod, record =>
    {
        record.RefreshedAt = time.GetTimestamp();
        return record.Given.With(files);
    });

    /// <summary>How long the files of a pod are to be left as they are; zero or less when they are not.</summary>
    public TimeSpan UntilRefresh(PodKey key, TimeSpan interval)
    {
        lock (_gate)
        {
            return _slots.TryGetValue(key, out var slot) && slot.Wanted?.RefreshedAt is { } last ? interval - time.GetElapsedTime(last) : TimeSpan.Zero;
        }
    }

    /// <summary>The provider did not say whether it took changes of the pod.</summary>
    public void MarkUncertain(Pod pod) => Change(pod, record => record.Given = VolumeDigests.None);

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
                // The end may have been told before the answer to the wish.
                if (record.IsEnded)
                {
                    return;
                }

                if (record.AskedGrace is null)
                {
                    TellStopping(record);
                }

                Know(record);
                record.AskedGrace = gracePeriod;
                record.DeletionTimestamp = time.GetUtcNow() + gracePeriod;
                Publish(key, slot);
            }
        }
    }

    /// <summary>The pod will never run.</summary>
    public void MarkFailed(Pod pod, string reason, string message) =>
        Change(pod, record => record.Status = statuses.Failed(pod, record.Status, reason, message));

    /// <summary>The pod ran before, and the provider does not know it.</summary>
    public void MarkLost(Pod pod) => Change(pod, record =>
    {
        record.Status = statuses.Lost(pod, record.Status);
        record.IsEnded = true;
        logger.PodLost(KeyOf(record), record.Id.Uid);
    });

    /// <summary>The pod waits for its volumes.</summary>
    public void MarkUnmounted(Pod pod) =>
        Change(pod, record => record.Status = record.IsKnown ? record.Status : statuses.Unmounted(pod, record.Status));

    /// <summary>The pod waits for ConfigMaps or Secrets.</summary>
    public void MarkUnconfigured(Pod pod, IReadOnlyDictionary<string, string> problems) =>
        Change(pod, record => record.Status = record.IsKnown ? record.Status : statuses.Unconfigured(pod, record.Status, problems));

    /// <summary>The pod cannot be given to the provider now.</summary>
    public void MarkDelayed(Pod pod, string reason, string message) => Change(pod, record =>
    {
        record.IsUncertain = true;
        record.Status = record.IsKnown ? record.Status : statuses.Pending(pod, record.Status, reason, message);
    });

    private void MarkApplied(Pod pod, Func<PodRecord, VolumeDigests> given) => Change(pod, record =>
    {
        Know(record);
        (record.Applied, record.Given, record.IsUncertain) = (pod, given(record), false);
        if (record.Reported is null)
        {
            // What delayed the pod is over; the provider will say how it fares.
            record.Status = statuses.Accepted(pod, record.Status);
        }
    });

    private void Declare(DeclaredPod declared)
    {
        var slot = Slot(declared.Key);
        var isNew = !declared.RunsOnce || slot.Declared?.Uid != declared.Uid;
        (slot.Declared, slot.Epoch) = (declared, _epoch);
        var record = Record(slot, new WorkloadId(declared.Key.Namespace, declared.Key.Name, declared.Uid));
        (record.Pod, record.WishedGrace) = (declared.Pod, declared.Deletion);
        if (declared.Errors.Count > 0)
        {
            record.Status = statuses.Failed(declared.Pod, record.Status, PodFailureReasons.InvalidManifest, PodFailureReasons.Join(declared.Errors));
            logger.PodInvalid(declared.Key, declared.Uid, PodFailureReasons.Join(declared.Errors));
        }
        else
        {
            record.Status = StatusOf(declared, record);
            if (isNew)
            {
                logger.PodDeclared(declared.Key, declared.Uid);
            }
        }

        Publish(declared.Key, slot);
    }

    private PodStatus StatusOf(DeclaredPod declared, PodRecord record)
    {
        var (pod, stored) = (declared.Pod, declared.Pod.Status);
        if (declared.RunsOnce && PodPhases.IsTerminal(stored?.Phase) && !PodPhases.IsTerminal(record.Status?.Phase))
        {
            return stored!;
        }

        if (record.Reported is { } reported)
        {
            return statuses.Complete(pod, reported, record.Status ?? stored);
        }

        // A pod that ran stands as it stood until the provider has said what it knows.
        return record.Status ?? (declared.RunsOnce && PodTraces.HasRun(stored) ? stored! : statuses.Pending(pod, stored));
    }

    private void Withdraw(PodKey key, TimeSpan? gracePeriod = null)
    {
        if (_slots.TryGetValue(key, out var slot) && slot.Declared is { } declared)
        {
            logger.PodWithdrawn(key, declared.Uid);
            slot.Wanted!.WishedGrace = gracePeriod ?? slot.Wanted.WishedGrace;
            slot.Declared = null;
            Changed?.Invoke(key);
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
            return Forget(reported.Id, reported.Status);
        }

        var key = KeyOf(reported.Id);
        var slot = Slot(key);
        var record = Record(slot, reported.Id);
        TellJob(key, record, reported);
        Know(record);
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

    private PodKey Forget(WorkloadId id, PodStatus? last = null)
    {
        var key = KeyOf(id);
        if (!_slots.TryGetValue(key, out var slot) || !slot.Records.TryGetValue(id.Uid, out var record))
        {
            return key;
        }

        logger.WorkloadGone(key, id.Uid, record.JobId);
        var wasAsked = record.AskedGrace is not null;
        (record.KnownSince, record.Reported, record.Applied, record.AskedGrace, record.DeletionTimestamp) = (null, null, null, null, null);
        (record.Given, record.IsUncertain) = (VolumeDigests.None, false);
        _keysByUid.Remove(id.Uid);
        if (record == slot.Wanted)
        {
            Conclude(slot.Declared!, record, last, wasAsked);
        }

        Publish(key, slot);
        return key;
    }

    private void Conclude(DeclaredPod declared, PodRecord record, PodStatus? last, bool wasAsked)
    {
        var pod = record.Pod!;
        if (declared.RunsOnce)
        {
            var status = last is null ? record.Status : statuses.Complete(pod, last, record.Status);
            record.Status = declared.Deletion is not null || wasAsked ? statuses.Stopped(pod, status) : statuses.Lost(pod, status);
            record.IsEnded = true;
        }
        else if (wasAsked || !PodPhases.IsTerminal(record.Status?.Phase))
        {
            record.JobId = null;
            record.Status = statuses.Pending(pod, null);
        }
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
        Changed?.Invoke(key);
    }

    private void Know(PodRecord record)
    {
        record.KnownSince ??= time.GetTimestamp();
        record.IsEnded = false;
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

    private void TellJob(PodKey key, PodRecord record, WorkloadStatus reported)
    {
        if (reported.JobId is not { } job || job == record.JobId)
        {
            return;
        }

        record.JobId = job;
        logger.PodHasJob(key, record.Id.Uid, job);
        if (record is { Pod: { } pod, IsKnown: true })
        {
            // Not of jobs that an earlier process told of.
            events.Record(PodReferences.Of(pod), EventSeverity.Normal, PodEventReasons.JobSubmitted, $"Submitted as job {job}");
        }
    }

    private void TellStopping(PodRecord record)
    {
        if (record is { Pod: { } pod, Status: { } status })
        {
            foreach (var running in (status.InitContainerStatuses ?? []).Concat(status.ContainerStatuses ?? []).Where(c => c.State?.Running is not null))
            {
                events.Record(PodReferences.Of(pod, running.Name), EventSeverity.Normal, PodEventReasons.Killing, $"Stopping container {running.Name}");
            }
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
