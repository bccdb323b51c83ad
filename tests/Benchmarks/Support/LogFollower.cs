using System.Diagnostics;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>A client that follows a log and notes when each line came.</summary>
internal sealed class LogFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<long> _arrivals = [];
    private readonly HttpResponseMessage _response;
    private readonly Task _reading;
    private TaskCompletionSource? _reached;
    private long _goal;
    private long _bytes;

    private LogFollower(HttpResponseMessage response)
    {
        _response = response;
        _reading = ReadAsync(_stopping.Token);
    }

    /// <summary>Opens a follow; the answer's header has come when this returns.</summary>
    public static async Task<LogFollower> OpenAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        var response = await client.GetAsync($"{path}?follow=true", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new LogFollower(response.EnsureSuccessStatusCode());
    }

    /// <summary>When each line came, in <see cref="Stopwatch"/> ticks.</summary>
    public IReadOnlyList<long> Arrivals
    {
        get
        {
            lock (_gate)
            {
                return [.. _arrivals];
            }
        }
    }

    /// <summary>Completes when that many bytes have come in all.</summary>
    public async Task ReachedAsync(long bytes, CancellationToken cancellationToken)
    {
        Task reached;
        lock (_gate)
        {
            if (_bytes >= bytes)
            {
                return;
            }

            _goal = bytes;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            reached = _reached.Task;
        }

        // A stream that ends early fails here instead of never.
        await await Task.WhenAny(reached, _reading).WaitAsync(cancellationToken);
        if (!reached.IsCompleted)
        {
            throw new Results.BenchmarkException($"a follow ended after {_bytes} of {bytes} bytes");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _response.Dispose();
        _stopping.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var stream = await _response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Take(buffer.AsSpan(0, read), Stopwatch.GetTimestamp());
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, long now)
    {
        lock (_gate)
        {
            _bytes += bytes.Length;
            for (var lines = bytes.Count((byte)'\n'); lines > 0; lines--)
            {
                _arrivals.Add(now);
            }

            if (_bytes >= _goal)
            {
                _reached?.TrySetResult();
            }
        }
    }
}
