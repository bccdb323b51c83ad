using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

public sealed class JobOutputTests
{
    private const string Shim = "2026-11-21T09:52:16.603Z vk-slurm-shim: container main started, process 11874\n";

    [Theory]
    [Trait("Item", "N10")]
    [InlineData("slurmstepd-n0: error: StepId=2.batch exceeded memory limit (17235968 > 16777216), being killed")]
    [InlineData("[2026-11-21T21:34:52.901] error: StepId=2.batch exceeded memory limit (205524992 > 67108864), being killed")]
    [InlineData("[2026-11-21T21:34:52.901+01:00] error: Exceeded job memory limit")]
    [InlineData("slurmstepd: error: Exceeded job memory limit")]
    [InlineData("slurmstepd: error: Detected 1 oom_kill event in StepId=7.batch. Some of the step tasks have been OOM Killed.")]
    [InlineData("slurmstepd: error: Detected 1 oom-kill event(s) in StepId=7.batch cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler.")]
    public void What_Slurm_says_when_it_kills_for_memory_is_found_at_the_end(string words) =>
        Assert.Equal(words, ComplaintIn(string.Concat(Enumerable.Repeat(Shim, 500)) + words + "\nslurmstepd: error: *** JOB 7 ON n0 CANCELLED ***\n"));

    [Theory]
    [InlineData("")]
    [InlineData(Shim)]
    [InlineData("slurmstepd: error: *** JOB 7 ON n0 CANCELLED AT 2026-11-21T09:52:17 ***\n")]
    [InlineData("[2026-11-21T21:34:52.904] error: *** JOB 2 ON n0 CANCELLED AT 2026-11-21T21:34:52 DUE to SIGNAL Killed ***\n")]
    [InlineData("prolog: exceeded memory limit\n")]
    [InlineData("[prolog] error: exceeded memory limit\n")]
    public void Anything_else_is_no_complaint(string text) => Assert.Null(ComplaintIn(text));

    [Fact]
    public void An_output_that_is_not_there_says_nothing() => Assert.Null(JobOutput.MemoryComplaint("/nowhere/job.out"));

    private static string? ComplaintIn(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return JobOutput.MemoryComplaint(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
