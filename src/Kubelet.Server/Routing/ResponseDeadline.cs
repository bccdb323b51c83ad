using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Server.Hosting;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>Cuts an answer once it has taken <see cref="ServerLimits.ResponseTimeout"/>, unless the connection has become something else by then.</summary>
internal sealed class ResponseDeadline : IAsyncDisposable
{
    private readonly ITimer _timer;

    private ResponseDeadline(ITimer timer) => _timer = timer;

    /// <summary>Starts the clock of a request.</summary>
    public static ResponseDeadline Start(HttpContext context, TimeProvider time)
    {
        var deadline = new ResponseDeadline(time.CreateTimer(
            static state => ((HttpContext)state!).Abort(), context, ServerLimits.ResponseTimeout, Timeout.InfiniteTimeSpan));
        context.Features.Set(deadline);
        return deadline;
    }

    /// <summary>Stops the clock: an upgraded connection is bounded by its idleness, not by its age.</summary>
    public static void Lift(HttpContext context) =>
        context.Features.Get<ResponseDeadline>()?._timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
