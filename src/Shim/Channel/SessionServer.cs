using System.Collections.Concurrent;
using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Channel;

/// <summary>Serves each session by its kind, and whatever goes wrong in one ends that one with a message.</summary>
internal sealed class SessionServer(PodTarget target, ProcessReaper reaper, TimeProvider time, Journal journal)
{
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<uint, Task> running = new();

    /// <summary>Begins to serve a session.</summary>
    public void Begin(AcceptedSession session)
    {
        var serving = Task.Run(() => ServeAsync(session));
        running[session.Id] = serving;
        serving.ContinueWith(_ => running.TryRemove(session.Id, out Task? _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits, within a bound, until every session has ended; the channel has ended, so that all have been told to.</summary>
    public async Task EndAsync()
    {
        try
        {
            await Task.WhenAll(running.Values).WaitAsync(EndBound, time);
        }
        catch (TimeoutException)
        {
            journal.Report($"{running.Count} sessions do not end; their processes are killed");
        }
    }

    private async Task ServeAsync(AcceptedSession session)
    {
        try
        {
            await (session.Request switch
            {
                ExecMessage exec => new ExecSession(session, target, reaper, time).RunAsync(exec),
                ConnectMessage connect => ConnectSession.RunAsync(session, connect),
                AttachMessage attach => AttachRelay.RunAsync(session, attach, target),
                _ => throw new InvalidOperationException($"a session of an unknown kind, {session.Request.GetType()}"),
            });
        }
        catch (SessionException e)
        {
            session.Close(ClosedMessage.Failed(e.Kind, e.Message));
        }
        catch (ContainerStartException e)
        {
            session.Close(ClosedMessage.Failed(ChannelErrorKind.Invalid, e.Message));
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            session.Close(ClosedMessage.Failed(ChannelErrorKind.Unavailable, "the session was cancelled"));
        }
        catch (Exception e)
        {
            if (e is not IOException)
            {
                journal.Report($"internal error: {e}");
            }

            session.Close(ClosedMessage.Failed(ChannelErrorKind.Unavailable, e.Message));
        }
    }
}
