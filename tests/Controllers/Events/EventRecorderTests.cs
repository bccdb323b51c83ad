using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Tests.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Events;

public sealed class EventRecorderTests : IAsyncLifetime, IDisposable
{
    private const int Deadline = 120_000;
    private static readonly EventOptions Options = new() { NodeName = "virtual-0" };
    private static readonly ObjectReference Pod = new() { ApiVersion = "v1", Kind = "Pod", Namespace = "team", Name = "job", Uid = "u1" };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private readonly CancellationTokenSource _stop = new();
    private FakeApiServer _server = null!;
    private ApiConnection _connection = null!;
    private Task _run = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _connection = new ApiConnection(new ApiConnectionOptions { Server = _server.Url }, TimeProvider.System);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_event_says_what_a_kubelet_would_say()
    {
        var recorder = Start(Options);
        recorder.Record(Pod with { FieldPath = "spec.containers{main}" }, EventSeverity.Warning, "BackOff", "Back-off restarting");
        var told = (await StoredAsync(1))[0];

        Assert.Matches("^job\\.[0-9a-f]{16}$", told.Text("metadata.name"));
        Assert.Equal("team", told.Text("metadata.namespace"));
        Assert.Equal(("Pod", "u1", "v1", "spec.containers{main}"), (told.Text("involvedObject.kind"), told.Text("involvedObject.uid"), told.Text("involvedObject.apiVersion"), told.Text("involvedObject.fieldPath")));
        Assert.Equal(("Warning", "BackOff", "Back-off restarting", "1"), (told.Text("type"), told.Text("reason"), told.Text("message"), told.Text("count")));
        Assert.Equal(("kubelet", "virtual-0", "kubelet", "virtual-0"), (told.Text("source.component"), told.Text("source.host"), told.Text("reportingComponent"), told.Text("reportingInstance")));
        Assert.Equal(("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"), (told.Text("firstTimestamp"), told.Text("lastTimestamp")));
    }

    [Fact(Timeout = Deadline)]
    public async Task Events_about_a_node_live_in_the_default_namespace()
    {
        Start(Options).Record(new() { Kind = "Node", Name = "virtual-0", Uid = "virtual-0" }, EventSeverity.Normal, "Starting", "Starting kubelet.");

        Assert.Equal("default", (await StoredAsync(1))[0].Text("metadata.namespace"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_repeat_raises_the_count_and_the_last_time_of_the_event_there_is()
    {
        var recorder = Start(Options);
        recorder.Record(Pod, EventSeverity.Normal, "Pulled", "there");
        await RequestsAsync(1);
        _time.Advance(TimeSpan.FromSeconds(10));
        recorder.Record(Pod, EventSeverity.Normal, "Pulled", "there");
        recorder.Record(Pod, EventSeverity.Normal, "Pulled", "elsewhere");
        await RequestsAsync(3);

        var told = (await StoredAsync(2)).Single(e => e.Text("message") == "there");
        Assert.Equal(("2", "2026-01-02T03:04:05Z", "2026-01-02T03:04:15Z"), (told.Text("count"), told.Text("firstTimestamp"), told.Text("lastTimestamp")));
        Assert.Equal(["create", "patch", "create"], _server.Requests.Select(r => r.Verb));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_repeat_of_an_event_that_the_server_has_forgotten_is_told_anew_with_its_count()
    {
        var recorder = Start(Options);
        recorder.Record(Pod, EventSeverity.Normal, "Pulled", "there");
        var first = (await StoredAsync(1))[0];
        _server.Store.Delete(new StoreKey(ResourceTypes.Events, "team", first.Text("metadata.name")!));
        recorder.Record(Pod, EventSeverity.Normal, "Pulled", "there");
        await RequestsAsync(3);

        Assert.Equal("2", (await StoredAsync(1))[0].Text("count"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_flood_about_one_object_is_cut_at_25_and_does_not_silence_others()
    {
        var recorder = Start(Options);
        for (var i = 0; i < 40; i++)
        {
            recorder.Record(Pod, EventSeverity.Warning, "Failed", $"attempt {i}");
        }

        recorder.Record(Pod with { Name = "other", Uid = "u2" }, EventSeverity.Normal, "Started", "Container started");
        Assert.Single(await StoredAsync(26), e => e.Text("involvedObject.name") == "other");

        // One more after five minutes.
        _time.Advance(TimeSpan.FromMinutes(5));
        recorder.Record(Pod, EventSeverity.Warning, "Failed", "later");
        recorder.Record(Pod, EventSeverity.Warning, "Failed", "too soon");
        recorder.Record(Pod with { Name = "third", Uid = "u3" }, EventSeverity.Normal, "Started", "Container started");
        var all = await StoredAsync(28);
        Assert.Contains(all, e => e.Text("message") == "later");
        Assert.DoesNotContain(all, e => e.Text("message") == "too soon");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_fails_is_tried_again_and_order_is_kept()
    {
        _server.Faults.Refuse(r => r.Verb == "create", new StatusException(500, "InternalError", "etcd"), times: 3);
        _server.Faults.Drop(r => r.Verb == "create");
        var recorder = Start(Options);
        recorder.Record(Pod, EventSeverity.Normal, "Created", "first");
        recorder.Record(Pod, EventSeverity.Normal, "Started", "second");
        await AdvanceUntilAsync(() => Stored().Count == 2);

        Assert.Equal(["Created", "Started"], Stored().OrderBy(e => e.Version()).Select(e => e.Text("reason")!));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_answer_that_was_lost_makes_no_second_event()
    {
        _server.Faults.LoseAnswer(r => r.Verb == "create");
        var recorder = Start(Options);
        recorder.Record(Pod, EventSeverity.Normal, "Created", "first");
        recorder.Record(Pod, EventSeverity.Normal, "Started", "second");
        await AdvanceUntilAsync(() => Stored().Count == 2);

        Assert.Equal(2, Stored().Count);
    }

    [Fact(Timeout = Deadline)]
    public async Task What_the_server_refuses_or_never_takes_is_dropped_and_the_next_one_is_told()
    {
        _server.Faults.Refuse(r => r.Body.Contains("forbidden", StringComparison.Ordinal), new StatusException(403, "Forbidden", "the namespace is being terminated"));
        _server.Faults.Refuse(r => r.Body.Contains("never", StringComparison.Ordinal), new StatusException(503, "ServiceUnavailable", "down"), times: 1000);
        using var dropped = new Count("failed");
        var recorder = Start(Options);
        recorder.Record(Pod, EventSeverity.Normal, "Created", "forbidden");
        recorder.Record(Pod, EventSeverity.Normal, "Created", "never");
        recorder.Record(new(), EventSeverity.Normal, "Created", "about nothing");
        recorder.Record(Pod, EventSeverity.Normal, "Created", "last");
        await AdvanceUntilAsync(() => Stored().Any(e => e.Text("message") == "last"));

        Assert.Equal(Options.MaxTries, _server.Requests.Count(r => r.Body.Contains("never", StringComparison.Ordinal)));
        Assert.True(dropped.Value >= 2);
    }

    [Fact(Timeout = Deadline)]
    public async Task Recording_never_waits_and_what_does_not_fit_is_dropped_and_counted()
    {
        var open = new TaskCompletionSource();
        _server.Faults.Hold(_ => true, open.Task);
        using var dropped = new Count("full");
        var recorder = Start(Options with { QueueCapacity = 5 });
        recorder.Record(Pod, EventSeverity.Normal, "Created", "held");
        await RequestsAsync(1);
        for (var i = 0; i < 20; i++)
        {
            recorder.Record(Pod, EventSeverity.Normal, "Created", $"{i}");
        }

        Assert.True(dropped.Value >= 15);
        open.SetResult();
        Assert.Equal(["0", "1", "2", "3", "4", "held"], (await StoredAsync(6)).Select(e => e.Text("message")!).Order(StringComparer.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30));
        await _server.DisposeAsync();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _stop.Dispose();
    }

    private EventRecorder Start(EventOptions options)
    {
        // The client's time is real: a test that moves the clock while an answer is on its way must not time the request out.
        var client = new ApiClient(_connection, InformerHarness.Limits, TimeProvider.System);
        var recorder = new EventRecorder(client, options, _time, NullLogger<EventRecorder>.Instance);
        _run = Task.Run(() => recorder.RunAsync(_stop.Token));
        return recorder;
    }

    private IReadOnlyList<JsonElement> Stored() => _server.Store.List(new Selectors(ResourceTypes.Events, "", [], [])).Items;

    private async Task<IReadOnlyList<JsonElement>> StoredAsync(int count)
    {
        await UntilAsync(() => Stored().Count >= count);
        return Stored();
    }

    private Task RequestsAsync(int count) => UntilAsync(() => _server.Requests.Count >= count);

    private Task UntilAsync(Func<bool> condition) => AdvanceUntilAsync(condition, TimeSpan.Zero);

    private Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? step = null) => _time.AdvanceUntilAsync(step ?? TimeSpan.FromMilliseconds(500), condition);

    /// <summary>Counts events dropped for a reason, those of other tests included.</summary>
    private sealed class Count : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Count(string reason)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "vk_slurm.events.dropped")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    Interlocked.Add(ref _value, Equals(tag.Value, reason) ? value : 0);
                }
            });
            _listener.Start();
        }

        public long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
