using System.Text.Json;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Controllers.Tests.Pods;

public sealed class PodStatusTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PodStatusBuilder _builder;

    public PodStatusTests() => _builder = new PodStatusBuilder("10.0.0.1", _time);

    /// <summary>Container states as letters: w(aiting), r(unning), 0 (ended well), 1 (ended badly), - (not reported).</summary>
    public static TheoryData<string, string, string, string> Situations => new()
    {
        // init, main, phase -> Ready to start / Initialized / Ready / ContainersReady
        { "", "w", "Pending", "False|True|False ContainersNotReady containers with unready status: [a]" },
        { "", "-", "Pending", "False|True|False ContainersNotReady containers with unready status: [a]" },
        { "", "rr", "Running", "True|True|True" },
        { "", "r0", "Running", "True|True|False ContainersNotReady containers with unready status: [b]" },
        { "", "00", "Succeeded", "False|True PodCompleted|False PodCompleted" },
        { "", "01", "Failed", "False|True|False PodFailed" },
        { "rw", "ww", "Pending", "True|False ContainersNotInitialized containers with incomplete status: [i j]|False ContainersNotReady containers with unready status: [a b]" },
        { "0r", "ww", "Pending", "True|False ContainersNotInitialized containers with incomplete status: [j]|False ContainersNotReady containers with unready status: [a b]" },
        { "00", "rr", "Running", "True|True|True" },
        { "1w", "ww", "Failed", "False|False ContainersNotInitialized containers with incomplete status: [i j]|False PodFailed" },
        { "00", "0", "Succeeded", "False|True PodCompleted|False PodCompleted" },
    };

    [Theory]
    [MemberData(nameof(Situations))]
    [Trait("Item", "N9")]
    public void Conditions_are_a_kubelets(string init, string main, string phase, string expected)
    {
        var pod = Pod(init, main);
        var status = _builder.Complete(pod, Reported(pod, init, main, phase), null);

        string Of(string type) => Show(status.Conditions!.Single(c => c.Type == type));
        Assert.Equal(expected, $"{Of("PodReadyToStartContainers")}|{Of("Initialized")}|{Of("Ready")}");
        Assert.Equal(Of("Ready"), Of("ContainersReady"));
        Assert.Equal("True", Of("PodScheduled"));
    }

    [Fact]
    public void A_sidecar_counts_as_initialised_when_started_and_for_readiness()
    {
        var pod = Pod("i", "a") with { };
        pod = pod with { Spec = pod.Spec with { InitContainers = [TestPods.Container("i") with { RestartPolicy = "Always" }] } };
        var started = _builder.Complete(pod, new PodStatus { Phase = "Running", InitContainerStatuses = [TestPods.Running("i")], ContainerStatuses = [TestPods.Running("a")] }, null);
        var notReady = _builder.Complete(pod, new PodStatus { Phase = "Running", InitContainerStatuses = [TestPods.Running("i") with { Ready = false }], ContainerStatuses = [TestPods.Running("a")] }, null);

        Assert.Equal("True", started.Conditions!.Single(c => c.Type == "Ready").Status);
        Assert.Equal("containers with unready status: [i]", notReady.Conditions!.Single(c => c.Type == "Ready").Message);
    }

    [Fact]
    [Trait("Item", "N18")]
    public void Gates_count_and_conditions_of_others_stay()
    {
        var pod = Pod("", "r");
        pod = pod with { Spec = pod.Spec with { Other = new Dictionary<string, JsonElement> { ["readinessGates"] = JsonDocument.Parse("""[{"conditionType":"x/gate"},{"conditionType":"x/none"}]""").RootElement } } };
        var gate = new PodCondition { Type = "x/gate", Status = "False", LastTransitionTime = DateTimeOffset.UnixEpoch, Reason = "R" };
        var status = _builder.Complete(pod, Reported(pod, "", "r", "Running"), new PodStatus { Conditions = [gate] });

        var ready = status.Conditions!.Single(c => c.Type == "Ready");
        Assert.Equal("ReadinessGatesNotReady", ready.Reason);
        Assert.Equal("the status of pod readiness gate \"x/gate\" is not \"True\", but False, corresponding condition of pod readiness gate \"x/none\" does not exist.", ready.Message);
        Assert.Same(gate, status.Conditions!.Single(c => c.Type == "x/gate"));
        Assert.Equal("True", status.Conditions!.Single(c => c.Type == "ContainersReady").Status);
    }

    [Fact]
    public void A_transition_time_moves_only_with_the_status_and_the_start_time_is_the_providers_once_it_has_told_one()
    {
        var pod = Pod("", "a");
        var pending = _builder.Pending(pod, null);
        _time.Advance(TimeSpan.FromSeconds(10.5));
        var waiting = _builder.Complete(pod, Reported(pod, "", "w", "Pending") with { StartTime = _time.GetUtcNow() }, pending);
        var running = _builder.Complete(pod, Reported(pod, "", "r", "Running"), waiting);

        DateTimeOffset? At(PodStatus status, string type) => status.Conditions!.Single(c => c.Type == type).LastTransitionTime;
        Assert.Equal(At(pending, "Ready"), At(waiting, "Ready"));
        Assert.Equal(TimeSpan.FromSeconds(10), At(running, "Ready") - At(waiting, "Ready"));
        Assert.Equal(At(pending, "PodScheduled"), At(running, "PodScheduled"));
        Assert.NotNull(pending.StartTime);
        Assert.Equal(_time.GetUtcNow(), waiting.StartTime);
        Assert.Equal(waiting.StartTime, running.StartTime);
    }

    [Fact]
    [Trait("Item", "N8")]
    public void Every_container_has_a_status_from_the_first_post_on_in_its_order()
    {
        var status = _builder.Pending(Pod("zy", "ba"), null);

        Assert.Equal(["z", "y"], status.InitContainerStatuses!.Select(s => s.Name));
        Assert.Equal(["a", "b"], status.ContainerStatuses!.Select(s => s.Name));
        Assert.All(status.ContainerStatuses!, s => Assert.Equal("PodInitializing", s.State!.Waiting!.Reason));
        Assert.Equal("ContainerCreating", _builder.Pending(Pod("", "a"), null).ContainerStatuses![0].State!.Waiting!.Reason);
    }

    [Fact]
    public void What_has_run_never_waits_for_its_first_start_again()
    {
        var pod = Pod("0", "r1");
        var running = _builder.Complete(pod, Reported(pod, "0", "r1", "Running") with { Reason = "R" }, null);
        var blind = _builder.Complete(pod, Reported(pod, "w", "ww", "Pending"), running);

        Assert.Equal("Running", blind.Phase);
        Assert.Equal(running.InitContainerStatuses, blind.InitContainerStatuses);
        Assert.Equal(running.ContainerStatuses, blind.ContainerStatuses);
    }

    [Fact]
    public void A_wait_between_two_runs_is_shown()
    {
        var pod = Pod("", "r");
        var running = _builder.Complete(pod, Reported(pod, "", "r", "Running"), null);
        var waiting = TestPods.Waiting("a") with { LastState = TestPods.Ended("a", 1).State };
        var between = _builder.Complete(pod, new PodStatus { Phase = "Running", ContainerStatuses = [waiting] }, running);

        Assert.Same(waiting, Assert.Single(between.ContainerStatuses!));
    }

    [Fact]
    public void A_container_that_ran_and_of_which_a_last_status_knows_nothing_has_an_unknown_end()
    {
        var pod = Pod("", "r1w");
        var running = _builder.Complete(pod, Reported(pod, "", "r1w", "Running"), null);
        var failed = _builder.Complete(pod, Reported(pod, "", "www", "Failed"), running);

        Assert.Equal("Failed", failed.Phase);
        Assert.Equal(["ContainerStatusUnknown", null, null], failed.ContainerStatuses!.Select(c => c.State!.Terminated?.Reason));
        Assert.Equal([137, 1, null], failed.ContainerStatuses!.Select(c => c.State!.Terminated?.ExitCode));
    }

    [Fact]
    public void A_failed_pod_that_never_ran_is_valid_json_with_addresses_where_known()
    {
        var status = _builder.Complete(Pod("", "a"), new PodStatus { Phase = "Running", PodIP = "10.1.1.1" }, null);
        var json = JsonSerializer.Serialize(status, KubernetesJson.Api.PodStatus);

        Assert.Contains("\"hostIPs\":[{\"ip\":\"10.0.0.1\"}]", json, StringComparison.Ordinal);
        Assert.Contains("\"podIPs\":[{\"ip\":\"10.1.1.1\"}]", json, StringComparison.Ordinal);
        Assert.Null(_builder.Failed(Pod("", "a"), null, "R", "M").ContainerStatuses);
    }

    [Theory]
    [InlineData("", "", "BestEffort")]
    [InlineData("cpu=1", "", "Burstable")]
    [InlineData("", "cpu=1", "Burstable")]
    [InlineData("", "cpu=1 memory=1Gi", "Guaranteed")]
    [InlineData("cpu=1000m memory=1Gi", "cpu=1 memory=1024Mi", "Guaranteed")]
    [InlineData("cpu=500m", "cpu=1 memory=1Gi", "Burstable")]
    [InlineData("cpu=0", "", "BestEffort")]
    [InlineData("nvidia.com/gpu=1", "nvidia.com/gpu=1", "BestEffort")]
    public void Quality_of_service_follows_requests_and_limits(string requests, string limits, string expected)
    {
        var container = TestPods.Container("a") with { Resources = new ResourceRequirements { Requests = Amounts(requests), Limits = Amounts(limits) } };
        Assert.Equal(expected, QosClasses.Of(TestPods.Pod("a", "u", container)));
        Assert.Equal(expected == "BestEffort" ? "BestEffort" : "Burstable", QosClasses.Of(TestPods.Pod("a", "u", container, TestPods.Container("b"))));
    }

    private static Pod Pod(string init, string main)
    {
        // Situations name containers i, j and a, b; other tests give the names themselves.
        string Name(char c, int i, string names) => "wr01-".Contains(c, StringComparison.Ordinal) ? names[i].ToString() : c.ToString();
        var pod = TestPods.Pod("p", "u1", [.. main.Select((c, i) => TestPods.Container(Name(c, i, "abc")))]);
        return pod with { Spec = pod.Spec with { InitContainers = [.. init.Select((c, i) => TestPods.Container(Name(c, i, "ij")))] } };
    }

    private static PodStatus Reported(Pod pod, string init, string main, string phase) => new()
    {
        Phase = phase,
        InitContainerStatuses = [.. init.Select((c, i) => State(pod.Spec.InitContainers![i].Name!, c, isInit: true)).OfType<ContainerStatus>()],
        ContainerStatuses = [.. main.Select((c, i) => State(pod.Spec.Containers![i].Name!, c, isInit: false)).OfType<ContainerStatus>()],
    };

    private static ContainerStatus? State(string name, char state, bool isInit) => state switch
    {
        'w' => TestPods.Waiting(name),
        'r' => TestPods.Running(name) with { Ready = !isInit },
        '0' => TestPods.Ended(name, 0) with { Ready = isInit },
        '1' => TestPods.Ended(name, 1),
        _ => null,
    };

    private static string Show(PodCondition condition) => $"{condition.Status} {condition.Reason} {condition.Message}".Trim();

    private static Dictionary<string, JsonElement> Amounts(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => JsonSerializer.SerializeToElement(pair[1]));
}
