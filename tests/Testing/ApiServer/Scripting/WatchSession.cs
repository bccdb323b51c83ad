using System.Threading.Channels;

namespace VirtualKubelet.Testing.ApiServer.Scripting;

/// <summary>A watch that is open: what a test can do to it. What was stored before is sent before.</summary>
public sealed class WatchSession
{
    private readonly Channel<WatchCommand> _commands = Channel.CreateUnbounded<WatchCommand>(new UnboundedChannelOptions { SingleReader = true });

    internal WatchSession(RecordedRequest request) => Request = request;

    /// <summary>The request that began it.</summary>
    public RecordedRequest Request { get; }

    internal ChannelReader<WatchCommand> Commands => _commands.Reader;

    /// <summary>Tells the client how far it is.</summary>
    public void Bookmark() => _commands.Writer.TryWrite(new WatchCommand.Bookmark());

    /// <summary>Sends text as it is: half an event, garbage, an error.</summary>
    public void Send(string text) => _commands.Writer.TryWrite(new WatchCommand.Raw(text));

    /// <summary>Sends an error in the place of an event, and ends.</summary>
    public void Fail(StatusException status)
    {
        Send(new System.Text.Json.Nodes.JsonObject { ["type"] = "ERROR", ["object"] = status.ToJson() }.ToJsonString() + "\n");
        End();
    }

    /// <summary>Ends in good order, as when its time is over.</summary>
    public void End() => _commands.Writer.TryWrite(new WatchCommand.End());

    /// <summary>Breaks the connection.</summary>
    public void Drop() => _commands.Writer.TryWrite(new WatchCommand.Drop());

    /// <summary>Sends nothing any more, and stays.</summary>
    public void Stall() => _commands.Writer.TryWrite(new WatchCommand.Stall());

    internal void Look() => _commands.Writer.TryWrite(new WatchCommand.Look());
}
