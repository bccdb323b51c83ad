using System.IO.Pipelines;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

/// <summary>Both ends of a channel in one process.</summary>
internal sealed class ChannelPair : IAsyncDisposable
{
    private readonly Pipe toShim = new();
    private readonly Pipe toAgent = new();
    private readonly CancellationTokenSource ending = new();

    public ChannelPair(Action<AcceptedSession> serve)
    {
        Agent = new(toAgent.Reader.AsStream(), toShim.Writer.AsStream(), Greeting("agent"));
        Shim = new(toShim.Reader.AsStream(), toAgent.Writer.AsStream(), Greeting("shim"), serve);
        AgentRuns = Agent.RunAsync(ending.Token);
        ShimRuns = Shim.RunAsync(ending.Token);
    }

    public ChannelConnection Agent { get; }

    public ChannelConnection Shim { get; }

    public Task AgentRuns { get; }

    public Task ShimRuns { get; }

    public static ChannelGreeting Greeting(string program) => new() { Version = ChannelLimits.Version, Program = program };

    /// <summary>The agent's half breaks off.</summary>
    public void Break() => toShim.Writer.Complete();

    /// <summary>The shim's half breaks off.</summary>
    public void BreakShim() => toAgent.Writer.Complete();

    /// <summary>Another transport for both: the agent's end of it and the shim's.</summary>
    public static (Stream Agent, Stream Shim) NewTransport()
    {
        var (there, back) = (new Pipe(), new Pipe());
        return (new DuplexStream(back.Reader.AsStream(), there.Writer.AsStream()), new DuplexStream(there.Reader.AsStream(), back.Writer.AsStream()));
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(AgentRuns, ShimRuns).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
    }
}
