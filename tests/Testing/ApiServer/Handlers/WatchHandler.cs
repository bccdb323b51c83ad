using System.Globalization;
using Microsoft.AspNetCore.Http;
using VirtualKubelet.Testing.ApiServer.Scripting;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer.Handlers;

/// <summary>Serves watches.</summary>
internal sealed class WatchHandler(ApiStore store, Watches watches, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, RecordedRequest request)
    {
        var route = request.Route!;
        var selectors = Selectors.Parse(route.Type, route.Namespace, request.Query["fieldSelector"], request.Query["labelSelector"]);
        var session = new WatchSession(request);
        store.Changed += session.Look;
        watches.Add(session);
        try
        {
            context.Response.ContentType = "application/json";
            using var timeout = new CancellationTokenSource(Timeout(request), time);
            await using var end = timeout.Token.Register(session.End);
            await new WatchStream(context, session, store, selectors).RunAsync(request.Query["resourceVersion"].ToString());
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
        finally
        {
            watches.Remove(session);
            store.Changed -= session.Look;
        }
    }

    // Without a wish of the client's a real server chooses half an hour to an hour.
    private static TimeSpan Timeout(RecordedRequest request) =>
        int.TryParse(request.Query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(30);
}
