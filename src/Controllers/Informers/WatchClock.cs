using System.Security.Cryptography;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>The time a watch has, in all and between two events, and its other reasons to end: one token for all, which can still be told apart.</summary>
internal sealed class WatchClock : IDisposable
{
    private readonly InformerOptions _options;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _overdue;
    private readonly CancellationTokenSource _any;

    public WatchClock(InformerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        _options = options;
        Agreed = TimeSpan.FromSeconds(Math.Floor(options.MinWatchTime.TotalSeconds * (1 + (RandomNumberGenerator.GetInt32(1000) / 1000.0))));
        _silence = new CancellationTokenSource(options.MaxSilence, time);
        _overdue = new CancellationTokenSource(Agreed + options.WatchGrace, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, _overdue.Token, Interrupt.Token, cancellationToken);
    }

    /// <summary>When the server is asked to end the watch: in whole seconds, by chance, so that not all watches come back at once.</summary>
    public TimeSpan Agreed { get; }

    public CancellationTokenSource Interrupt { get; } = new();

    public CancellationToken Token => _any.Token;

    public bool HasStalled => _silence.IsCancellationRequested || _overdue.IsCancellationRequested;

    /// <summary>The watch said something.</summary>
    public void Heard() => _silence.CancelAfter(_options.MaxSilence);

    public void Dispose()
    {
        _any.Dispose();
        _overdue.Dispose();
        _silence.Dispose();
        Interrupt.Dispose();
    }
}
