using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using VirtualKubelet.Testing.ApiServer.Scripting;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer.Handlers;

/// <summary>The body of one watch.</summary>
internal sealed class WatchStream(HttpContext context, WatchSession session, ApiStore store, Selectors selectors)
{
    private long _position;

    public async Task RunAsync(string from)
    {
        await BeginAsync(from);
        await SendChangesAsync();
        await foreach (var command in session.Commands.ReadAllAsync(context.RequestAborted))
        {
            await SendChangesAsync();
            switch (command)
            {
                case WatchCommand.Bookmark:
                    await SendBookmarkAsync();
                    break;
                case WatchCommand.Raw raw:
                    await SendAsync(raw.Text);
                    break;
                case WatchCommand.End:
                    return;
                case WatchCommand.Drop:
                    context.Abort();
                    return;
                case WatchCommand.Stall:
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    return;
                default:
                    break;
            }
        }
    }

    private async Task BeginAsync(string from)
    {
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (from is not ("" or "0"))
        {
            _position = long.Parse(from, CultureInfo.InvariantCulture);
            return;
        }

        var (items, version) = store.List(selectors);
        foreach (var item in items)
        {
            await SendAsync("ADDED", item.ToNode());
        }

        _position = version;
    }

    private async Task SendChangesAsync()
    {
        if (store.Since(_position) is not { } changes)
        {
            await SendAsync("ERROR", StatusException.Expired($"too old resource version: {_position}").ToJson());
            session.End();
            return;
        }

        foreach (var change in changes)
        {
            _position = change.Version;
            await SendAsync(change);
        }
    }

    private async Task SendAsync(StoredChange change)
    {
        if (change.Type != selectors.Type)
        {
            return;
        }

        var was = change.Before is { } before && selectors.Match(before);
        var matches = change.After is { } after && selectors.Match(after);
        switch (was, matches)
        {
            case (false, true):
                await SendAsync("ADDED", change.After!.Value.ToNode());
                break;
            case (true, true):
                await SendAsync("MODIFIED", change.After!.Value.ToNode());
                break;
            case (true, false):
                await SendAsync("DELETED", (change.Deleted ?? change.After)!.Value.ToNode());
                break;
            default:
                break;
        }
    }

    // As a real server's: an object of the kind, empty but for its version and what Go cannot leave out.
    private Task SendBookmarkAsync()
    {
        _position = Math.Max(_position, store.Version);
        return SendAsync("BOOKMARK", new JsonObject
        {
            ["kind"] = selectors.Type.Kind,
            ["apiVersion"] = selectors.Type.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = _position.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
        });
    }

    private Task SendAsync(string type, JsonObject content) =>
        SendAsync(new JsonObject { ["type"] = type, ["object"] = content }.ToJsonString() + "\n");

    private async Task SendAsync(string text)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
