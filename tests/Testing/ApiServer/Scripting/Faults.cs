using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Testing.ApiServer.Scripting;

/// <summary>The bad days: what goes wrong with which requests. Of several that fit, the one added first counts until it is used up.</summary>
public sealed class Faults
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];

    /// <summary>Refuses requests.</summary>
    public void Refuse(Func<RecordedRequest, bool> when, StatusException status, int times = 1) => Add(when, times, (_, _) => throw status);

    /// <summary>Answers requests with a text of no API server's, such as a proxy's error page.</summary>
    public void Answer(Func<RecordedRequest, bool> when, int code, string text, int times = 1) => Add(when, times, (context, _) =>
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsync(text, context.RequestAborted);
    });

    /// <summary>Keeps requests waiting.</summary>
    public void Hold(Func<RecordedRequest, bool> when, Task until, int times = 1) => Add(when, times, async (context, proceed) =>
    {
        await until.WaitAsync(context.RequestAborted);
        await proceed();
    });

    /// <summary>Breaks the connection before anything is done.</summary>
    public void Drop(Func<RecordedRequest, bool> when, int times = 1) => Add(when, times, (context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>Does what is asked and breaks the connection without a word of it.</summary>
    public void LoseAnswer(Func<RecordedRequest, bool> when, int times = 1) => Add(when, times, async (context, proceed) =>
    {
        context.Response.Body = Stream.Null;
        await proceed();
        context.Abort();
    });

    /// <summary>Breaks the connection in the middle of the answer.</summary>
    public void CutAnswer(Func<RecordedRequest, bool> when, int afterBytes, int times = 1) => Add(when, times, async (context, proceed) =>
    {
        var body = context.Response.Body;
        using var whole = new MemoryStream();
        context.Response.Body = whole;
        await proceed();
        context.Response.Body = body;
        await body.WriteAsync(whole.ToArray().AsMemory(0, (int)Math.Min(afterBytes, whole.Length)), context.RequestAborted);
        await body.FlushAsync(context.RequestAborted);
        context.Abort();
    });

    /// <summary>Does something before requests are carried out as usual: the place for a race.</summary>
    public void Before(Func<RecordedRequest, bool> when, Action act, int times = 1) => Add(when, times, async (_, proceed) =>
    {
        act();
        await proceed();
    });

    /// <summary>Forgets all faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    internal Fault? Take(RecordedRequest request)
    {
        lock (_gate)
        {
            var at = _faults.FindIndex(f => f.When(request));
            if (at < 0)
            {
                return null;
            }

            var fault = _faults[at];
            if (fault.Times <= 1)
            {
                _faults.RemoveAt(at);
            }
            else
            {
                _faults[at] = fault with { Times = fault.Times - 1 };
            }

            return fault;
        }
    }

    private void Add(Func<RecordedRequest, bool> when, int times, Func<HttpContext, Func<Task>, Task> act)
    {
        lock (_gate)
        {
            _faults.Add(new Fault(when, times, act));
        }
    }
}
