using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary>Rules over several sections of <c>spec</c>.</summary>
internal static class SpecRules
{
    /// <summary>A pod that says nothing must not be refused for what it did not say.</summary>
    public static void DefaultsKeepLimits(NodeSpec spec, Location at)
    {
        var (defaults, limits) = (spec.Defaults, spec.Limits.PerPod);
        var location = at.Key("defaults");
        if (defaults.Cpu > limits.Cpu)
        {
            location.Key("cpu").Fail($"{defaults.Cpu} is more than spec.limits.perPod.cpu allows, {limits.Cpu}");
        }

        if (defaults.Memory > limits.Memory)
        {
            location.Key("memory").Fail($"{defaults.Memory} is more than spec.limits.perPod.memory allows, {limits.Memory}");
        }

        if (defaults.TimeLimit is { } wanted && limits.TimeLimit is { } allowed && wanted > allowed)
        {
            location.Key("timeLimit").Fail($"{DurationText.Write(wanted)} is more than spec.limits.perPod.timeLimit allows, {DurationText.Write(allowed)}");
        }
    }

    /// <summary>Every directory directly in the work directory that is not the agent's is a pod's.</summary>
    public static void StateHasItsOwnDirectory(NodeSpec spec, Location at)
    {
        if (spec.StateDirectory == spec.WorkDirectory)
        {
            at.Key("stateDirectory").Fail("is the same as spec.workDirectory; leave it out or give it a directory of its own");
        }
    }
}
