using VirtualKubelet.Shim.Protocol;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class BadPlanTests
{
    public static TheoryData<string, string> Texts => new()
    {
        { "", "JSON" },
        { "{", "JSON" },
        { "null", "no such file" },
        { "[]", "JSON" },
        { "{}", "required" },
        { Plan("\"version\":2"), "version 2 is not 1" },
        { Plan("\"runtime\":\"Bogus\""), "runtime \"Bogus\" is not known; this shim knows Host" },
        { Plan("\"restartPolicy\":\"Sometimes\""), "restartPolicy" },
        { Plan("\"terminationGracePeriodSeconds\":-1"), "negative" },
        { Plan("\"activeDeadlineSeconds\":-1"), "negative" },
        { Plan("\"containers\":[]"), "no containers" },
        { Plan("\"containers\":null"), "containers" },
        { Plan("\"containers\":[null]"), "null" },
        { Plan(Container("..")), "no container name" },
        { Plan(Container("")), "no container name" },
        { Plan(Container("a/b")), "no container name" },
        { Plan(Container("a\\u0000b")), "no container name" },
        { Plan(Container("a\\nb")), "no container name" },
        { Plan(Container("a", "[\"x\\u0000y\"]")), "NUL" },
        { Plan(Container("a", "[null]")), "null" },
        { Plan(Container("a", environment: "[{\"name\":\"A=B\",\"value\":\"\"}]")), "no name of an environment variable" },
        { Plan(Container("a", environment: "[{\"name\":\"\",\"value\":\"\"}]")), "no name of an environment variable" },
        { Plan(Container("a", environment: "[{\"name\":\"A\",\"value\":\"x\\u0000\"}]")), "NUL" },
        { Plan(Container("a", environment: "[],\"terminationMessagePath\":\"/x\\u0000\"")), "termination message path" },
        { Plan(Container("a", environment: "[{\"name\":\"A\",\"value\":\"\\ud800\"}]")), "JSON" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Texts))]
    public async Task A_plan_that_cannot_be_run_safely_is_refused_in_words(string text, string words)
    {
        await using var pod = new TestPod();
        await File.WriteAllTextAsync(pod.Layout.PodFile, text);

        var shim = pod.Start();

        Assert.Equal(ShimExitCodes.BadPlan, await shim.ExitCodeAsync());
        Assert.Contains(words, shim.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", shim.Errors, StringComparison.Ordinal);
        Assert.Null(pod.ReadState());
        Assert.False(Directory.Exists(pod.Layout.LogsDirectory));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_plan_is_refused()
    {
        await using var pod = new TestPod();

        Assert.Equal(ShimExitCodes.BadPlan, await pod.Start().ExitCodeAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_containers_of_one_name_are_refused()
    {
        await using var pod = new TestPod();

        var shim = pod.Start(TestPod.Plan(Shell("a", "true")) with { InitContainers = [Shell("a", "true")] });

        Assert.Equal(ShimExitCodes.BadPlan, await shim.ExitCodeAsync());
        Assert.Contains("2 containers named \"a\"", shim.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_plan_of_absurd_size_is_refused_without_being_read()
    {
        await using var pod = new TestPod();
        await using (var file = File.Create(pod.Layout.PodFile))
        {
            file.SetLength(10L << 30);
        }

        Assert.Equal(ShimExitCodes.BadPlan, await pod.Start().ExitCodeAsync());
    }

    /// <summary>A good plan with one field changed: the last of two equal names counts.</summary>
    private static string Plan(string change) =>
        $$"""
        {"version":1,"namespace":"lab","name":"pod","uid":"u","runtime":"Host","restartPolicy":"Never","terminationGracePeriodSeconds":1,"initContainers":[],
        {{Container("ok")}},{{change}}}
        """;

    private static string Container(string name, string command = "[\"true\"]", string environment = "[]") =>
        $$"""
        "containers":[{"name":"{{name}}","command":{{command}},"args":[],"environment":{{environment}}}]
        """;
}
