using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Sessions;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.RemoteCommand;

/// <summary>
/// The session of an exec or attach from the upgrade to its last word. Every client takes an end without a word for success,
/// so that whatever happens here ends in a status as long as there is anybody to tell.
/// </summary>
internal sealed class RemoteCommandRunner(
    SessionGate gate, SessionStop stop, StreamingOptions options, TimeProvider time, ILogger<RemoteCommandRunner> logger)
{
    /// <summary>Answers the request: with an upgrade, or with why there is none.</summary>
    public async Task ServeAsync(HttpContext context, SessionTarget target, RemoteCommandStreams streams, RemoteCommandCall call)
    {
        using var session = await gate.OpenAsync(context, target, RemoteCommandProtocols.Spdy, RemoteCommandProtocols.WebSocket);
        if (session is not null)
        {
            // From here on the request's own token means nothing: the session knows when its client has left.
            session.Result = await RunAsync(session, streams, SessionStart.NeedsHeadStart(context.Request, session.IsWebSocket) ? AfterHeadStart(call) : call);
        }
    }

    private async Task<SessionResult> RunAsync(Session session, RemoteCommandStreams streams, RemoteCommandCall call)
    {
        try
        {
            await using var command = await OpenAsync(session, streams);
            return await RunAsync(session.Target, command, call);
        }
        catch (StreamsNotOpenedException e)
        {
            SessionLog.Refused(logger, session.Target, e.Message);
            return SessionResult.NotOpened;
        }
        catch (OperationCanceledException) when (stop.Stopping.IsCancellationRequested)
        {
            return SessionResult.Stopped;
        }
    }

    private Task<RemoteCommandSession> OpenAsync(Session session, RemoteCommandStreams streams) => session.IsWebSocket
        ? RemoteCommandSession.OverWebSocketAsync(session.Transport, session.Protocol, streams, options, time, stop.Stopping)
        : RemoteCommandSession.OverSpdyAsync(session.Transport, session.Protocol!, streams, options, time, stop.Stopping);

    private async Task<SessionResult> RunAsync(SessionTarget target, RemoteCommandSession command, RemoteCommandCall call)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(command.ClientGone, stop.Stopping);
        var running = CallAsync(target, command, call, cancel.Token);
        if (!await EndsAsync(running))
        {
            // It may still write to its pipes, so they cannot be ended in order.
            SessionLog.LeftBehind(logger, target);
            await command.AbandonAsync(Stopped(call), stop.SessionsGivenUp);
            return SessionResult.Stopped;
        }

        var (status, result) = await running;
        await command.CompleteAsync(status, stop.SessionsGivenUp);
        return result;
    }

    /// <summary>Waits for the provider; false when the server stops and it does not.</summary>
    private async Task<bool> EndsAsync(Task running)
    {
        try
        {
            await running.WaitAsync(stop.CallsGivenUp);
            return true;
        }
        catch (OperationCanceledException)
        {
            return running.IsCompleted;
        }
    }

    /// <summary>Asks the provider and never throws.</summary>
    private async Task<(RemoteCommandStatus Status, SessionResult Result)> CallAsync(
        SessionTarget target, RemoteCommandSession command, RemoteCommandCall call, CancellationToken cancellationToken)
    {
        try
        {
            if (command.Resizes is { } sizes)
            {
                await SessionStart.FirstSizeAsync(sizes, time, cancellationToken);
            }

            var status = await call.RunAsync(StreamsOf(command, call), cancellationToken);

            // What ends after its cancellation was ended by it, whatever it says: a shell that handles SIGTERM exits 0.
            return cancellationToken.IsCancellationRequested ? Cancelled(call) : (status, SessionResult.Completed);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or ProviderException)
        {
            return Cancelled(call);
        }
        catch (ProviderException e)
        {
            SessionLog.Refused(logger, target, e.Message);
            return (Failure(call, e.Message), SessionResult.Failed);
        }
        catch (Exception e)
        {
            SessionLog.Failed(logger, target, e);
            return (Failure(call, "the agent's log has the reason"), SessionResult.Failed);
        }
        finally
        {
            // What the client still sends is discarded rather than left to fill the buffer.
            command.Stdin?.Complete();
        }
    }

    private RemoteCommandCall AfterHeadStart(RemoteCommandCall call) => call with
    {
        RunAsync = async (streams, cancellationToken) =>
        {
            await SessionStart.HeadStartAsync(time, cancellationToken);
            return await call.RunAsync(streams, cancellationToken);
        },
    };

    private static ContainerStreams StreamsOf(RemoteCommandSession command, RemoteCommandCall call)
    {
        if (!call.TakesInput)
        {
            command.Stdin?.Complete();
        }

        return new ContainerStreams
        {
            Stdin = call.TakesInput ? command.Stdin : null,
            Stdout = command.Stdout,
            Stderr = command.Stderr,
            Resizes = command.Resizes is { } sizes ? new ProviderSizes(sizes) : null,
        };
    }

    private (RemoteCommandStatus, SessionResult) Cancelled(RemoteCommandCall call) => stop.Stopping.IsCancellationRequested
        ? (Stopped(call), SessionResult.Stopped)
        : (Failure(call, "the client left"), SessionResult.ClientGone);

    private static RemoteCommandStatus Stopped(RemoteCommandCall call) => Failure(call, "the node agent is stopping");

    private static RemoteCommandStatus Failure(RemoteCommandCall call, string cause) => RemoteCommandStatus.Failure($"{call.Failure}: {cause}");
}
