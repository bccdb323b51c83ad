using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Kubernetes.Coordination;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>
/// The lease of the node: its heartbeat, and the lock that lets one agent at a time act for it; see README.md.
/// An API server that is away takes nothing from anybody, and nobody acts meanwhile; only another agent's name in the lease does.
/// </summary>
internal sealed class NodeLease : ILeadership
{
    private readonly NodeLeaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeLease> _logger;
    private readonly LeaseStore _store;
    private readonly Backoff<string> _backoff;
    private readonly Lock _gate = new();
    private TaskCompletionSource _renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _renewedAt;
    private (bool IsKnown, string? Uid) _owner;

    /// <summary>Makes the lease of a node. The client should be of its own, so that heartbeats do not queue behind other requests.</summary>
    public NodeLease(ApiClient client, NodeLeaseOptions options, TimeProvider time, ILogger<NodeLease> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _store = new LeaseStore(client, options, time);
        _backoff = new Backoff<string>(options.FirstRetryDelay, options.MaxRetryDelay);
    }

    /// <inheritdoc/>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _renewedAt is { } at && _time.GetElapsedTime(at) < _options.HoldTime;
            }
        }
    }

    /// <inheritdoc/>
    public async Task WaitUntilHeldAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (IsHeld)
                {
                    return;
                }

                next = _renewed.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Names the Node that the lease lives for, from the next renewal on; null when there is none, so that the lease is not deleted for it.</summary>
    public void SetOwner(string? nodeUid)
    {
        lock (_gate)
        {
            _owner = (true, nodeUid);
        }
    }

    /// <summary>
    /// Stands by until this agent has the node and then runs <paramref name="lead"/>. When another agent takes the node, the token given to it
    /// is cancelled, and after its end the agent stands by again. Once cancelled, or when <paramref name="lead"/> ends by itself, the lease is
    /// kept until <paramref name="lead"/> has ended and then given back. What it throws is thrown on. To be run once.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        try
        {
            var isOver = false;
            while (!isOver)
            {
                isOver = await LeadAsync(await TakeAsync(cancellationToken), lead, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A clean stop.
        }
    }

    private async Task<Lease> TakeAsync(CancellationToken cancellationToken)
    {
        var observation = new LeaseObservation(_options, _time);
        string? told = null;
        string? trouble = null;
        while (true)
        {
            var delay = _options.StandbyInterval * (1 + (0.5 * Chance()));
            try
            {
                var found = await _store.FindAsync(cancellationToken);
                if (observation.MayTake(found))
                {
                    return await TakeAsync(found, cancellationToken);
                }

                told = TellHolder(found, told);
                trouble = null;
                _backoff.Forget("");
            }
            catch (ApiException e) when (e.Kind is ApiErrorKind.Conflict or ApiErrorKind.AlreadyExists)
            {
                _logger.LeaseContended(_options.NodeName);
            }
            catch (ApiException e)
            {
                delay = _backoff.Next("");
                _logger.LeaseNotTaken(e.Message == trouble ? LogLevel.Debug : LogLevel.Warning, _options.NodeName, delay, e.Message);
                trouble = e.Message;
            }

            await Task.Delay(delay, _time, cancellationToken);
        }
    }

    private async Task<Lease> TakeAsync(Lease? found, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var lease = await _store.WriteAsync(Prepare(LeaseText.Take(found, _options, _time.GetUtcNow())), cancellationToken);
        Renewed(began);
        LeadershipMetrics.Taken();
        _logger.NodeTaken(_options.Agent, _options.NodeName);
        return lease;
    }

    private string? TellHolder(Lease? found, string? told)
    {
        var holder = found is null ? told : LeaseText.AgentOf(found) ?? "";
        if (holder == "" && told != "")
        {
            _logger.StandingByForNobody(_options.NodeName, _options.Agent);
        }
        else if (holder != told)
        {
            _logger.StandingBy(holder, _options.NodeName, _options.Agent);
        }

        return holder;
    }

    // True when that was all: not when the node was lost.
    private async Task<bool> LeadAsync(Lease lease, Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        var keeper = new LeaseKeeper(_store, _options, lease, _time, _logger);
        using var stopLeading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopKeeping = new CancellationTokenSource();
        var keeping = KeepAsync(keeper, stopKeeping.Token);
        var leading = BeginAsync(lead, stopLeading.Token);
        await Task.WhenAny(keeping, leading);
        await stopLeading.CancelAsync();
        await leading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stopKeeping.CancelAsync();
        var isLost = await keeping;
        Lapse();
        LeadershipMetrics.Ended(isLost);
        if (!isLost)
        {
            using var deadline = new CancellationTokenSource(_options.ReleaseTimeout, _time);
            await keeper.ReleaseAsync(deadline.Token);
        }

        return await EndAsync(leading, isLost);
    }

    private static async Task<bool> EndAsync(Task leading, bool isLost)
    {
        try
        {
            await leading;
        }
        catch (OperationCanceledException) when (isLost)
        {
            // As it was told to.
        }

        return !isLost;
    }

    private static async Task BeginAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken) => await lead(cancellationToken);

    // True when another agent took the lease, false when the keeping was stopped.
    private async Task<bool> KeepAsync(LeaseKeeper keeper, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.RenewInterval * (1 + (_options.RenewJitter * Chance())), _time, cancellationToken);
                if (await keeper.RenewAsync(Prepare, cancellationToken) is { } began)
                {
                    Renewed(began);
                }
            }
        }
        catch (LeaseLostException e)
        {
            Lapse();
            _logger.NodeLost(e.Holder, _options.NodeName);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private Lease Prepare(Lease lease)
    {
        lock (_gate)
        {
            return _owner.IsKnown ? LeaseText.Own(lease, _options.NodeName, _owner.Uid) : lease;
        }
    }

    private void Renewed(long began)
    {
        lock (_gate)
        {
            _renewedAt = began;
            _renewed.SetResult();
            _renewed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Lapse()
    {
        lock (_gate)
        {
            _renewedAt = null;
        }
    }

    private static double Chance() => RandomNumberGenerator.GetInt32(1000) / 1000.0;
}
