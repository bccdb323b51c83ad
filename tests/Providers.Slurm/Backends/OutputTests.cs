using System.Text;
using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Tests.Backends;

/// <summary>Reading what Slurm's commands print.</summary>
public sealed class OutputTests
{
    [Fact]
    public void Jobs_of_this_node_are_read_and_those_of_others_left_out()
    {
        var output =
            Row("100", "RUNNING", "None", "0", "1700000000", "1700000600", "n[0-1]", "virtual-kubelet/vk/u-1", "pod.default.u-1")
            + Row("101", "PENDING", "Resources, or what | has ; them", "0", "N/A", "N/A", "", "virtual-kubelet/vk/u-2", "pod.default.u-2")
            + Row("102", "RUNNING", "None", "0", "N/A", "N/A", "", "virtual-kubelet/vk2/u-3", "pod.default.u-3")
            + Row("103", "FAILED", "NonZeroExitCode", "768", "1", "2", "n0", "a site's own comment", "pod.default.u-4")
            + Row("104", "RUNNING", "None", "0", "N/A", "N/A", "", "", "bash");

        var jobs = SqueueOutput.Parse("vk", output);

        Assert.Equal([("u-1", true), ("u-2", true), ("u-4", false)], jobs.Select(j => (j.Uid, j.IsOurs)));
        Assert.Equal(
            new JobRecord
            {
                JobId = "100",
                Uid = "u-1",
                IsOurs = true,
                State = SlurmJobState.Running,
                StateWord = "RUNNING",
                ExitCode = 0,
                StartTime = DateTimeOffset.FromUnixTimeSeconds(1700000000),
                EndTime = DateTimeOffset.FromUnixTimeSeconds(1700000600),
                Nodes = "n[0-1]",
            },
            jobs[0]);
        Assert.Equal(("Resources, or what | has ; them", null), (jobs[1].Reason, jobs[1].StartTime));
        Assert.Equal((3, null), (jobs[2].ExitCode, jobs[2].Signal));
    }

    [Fact]
    public void Jobs_of_a_node_of_the_same_name_in_another_cluster_are_left_out()
    {
        var output =
            Row("100", "RUNNING", "None", "0", "1", "2", "n0", "virtual-kubelet/vk@one/u-1", "pod.default.u-1")
            + Row("101", "RUNNING", "None", "0", "1", "2", "n0", "virtual-kubelet/vk@two/u-2", "pod.default.u-2")
            + Row("102", "RUNNING", "None", "0", "1", "2", "n0", "virtual-kubelet/vk/u-3", "pod.default.u-3");

        Assert.Equal("u-1", Assert.Single(SqueueOutput.Parse("vk@one", output)).Uid);
        Assert.Equal("u-3", Assert.Single(SqueueOutput.Parse("vk", output)).Uid);
    }

    [Fact]
    public void An_answer_that_was_cut_off_holds_its_whole_rows_only()
    {
        var row = Row("100", "RUNNING", "None", "0", "1", "2", "n0", "virtual-kubelet/vk/u-1", "pod.default.u-1");

        for (var length = 0; length < row.Length; length += 7)
        {
            Assert.All(SqueueOutput.Parse("vk", row + row[..length]), job => Assert.Equal(("100", "u-1"), (job.JobId, job.Uid)));
        }
    }

    [Fact]
    public void Accounting_is_read_with_who_cancelled()
    {
        var jobs = SacctOutput.Parse(
            "100|CANCELLED by 1000|0:15|1700000000|1700000600|n0|pod.default.u-1\n"
            + "101|OUT_OF_MEMORY|0:125|1700000000|Unknown|None assigned|a|b.default.u-2\n"
            + "half a line|COMPLETED\n");

        Assert.Equal(
            [("100", "u-1", SlurmJobState.Cancelled, "UID 1000", (int?)15), ("101", "u-2", SlurmJobState.OutOfMemory, null, 125)],
            jobs.Select(j => (j.JobId, j.Uid, j.State, j.CancelledBy, j.Signal)));
        Assert.Null(jobs[1].EndTime);
    }

    [Theory]
    [InlineData("768", 3, null)]
    [InlineData("9", 0, 9)]
    [InlineData("137", 0, 9)]
    [InlineData("0", 0, null)]
    [InlineData("65280", 255, null)]
    [InlineData("0:9", 0, 9)]
    [InlineData("3:0", 3, null)]
    [InlineData("", null, null)]
    [InlineData("N/A", null, null)]
    [InlineData(":", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("99999999999999", null, null)]
    public void A_wait_status_is_not_an_exit_code(string text, int? exitCode, int? signal) => Assert.Equal((exitCode, signal), SlurmValues.Exit(text));

    [Theory]
    [InlineData("1700000000", 1700000000L)]
    [InlineData("N/A", null)]
    [InlineData("Unknown", null)]
    [InlineData("0", null)]
    [InlineData("4294967295", null)]
    [InlineData("2026-01-02T03:04:05", null)]
    public void Times_are_seconds_since_1970_or_absent(string text, long? seconds) => Assert.Equal(seconds, SlurmValues.Time(text)?.ToUnixTimeSeconds());

    [Fact]
    public void Usable_nodes_are_added_up_once_each()
    {
        static string Node(string name, string state, string gres, string memory = "1000") => $"{name,-128}{"8+",-16}{memory,-20}{state,-32}{gres,-512}\n";

        var node = SinfoOutput.Parse("slurm://1", string.Concat(
            Node("a", "idle", "gpu:a100:4(S:0-1),gpu:2,shard:8"),
            Node("a", "idle", "gpu:a100:4(S:0-1),gpu:2,shard:8"),
            Node("b", "mixed~", "(null)"),
            Node("c", "idle*", "gpu:4"),
            Node("d", "drained", "gpu:4"),
            Node("e", "down$", "gpu:4"),
            Node("f", "allocated", "craynetwork", "lots")));

        Assert.Equal((3, 24L, 2000L), (node.UsableNodes, node.Cpus, node.MemoryMiB));
        Assert.Equal(
            ["craynetwork=1", "gpu:a100=4", "gpu=6", "shard=8"],
            node.Gres.Select(g => $"{g.Key}={g.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("AccountingStorageType   = accounting_storage/slurmdbd", true)]
    [InlineData("AccountingStorageType   = accounting_storage/none", false)]
    [InlineData("", false)]
    public void Facts_are_read_from_the_configuration(string line, bool hasAccounting) => Assert.Equal(
        new SlurmFacts("22.05.8", "c", hasAccounting),
        SlurmFacts.Parse($"Configuration data as of now\nClusterName = c\n{line}\nSLURM_VERSION = 22.05.8\nSLURM_VERSION = later\n"));

    public static TheoryData<string> Refusals =>
    [
        "Invalid partition name specified",
        "Invalid account or account/partition combination specified",
        "Invalid qos specification",
        "Invalid feature specification",
        "Invalid generic resource (gres) specification",
        "Invalid license specification",
        "Requested reservation is invalid",
        "Requested time limit is invalid (missing or exceeds some limit)",
        "Requested node configuration is not available",
        "Memory required by task is not available",
        "CPU count per node can not be satisfied",
        "Node count specification invalid",
        "More processors requested than permitted",
        "User's group not permitted to use this partition",
        "Access/permission denied",
        "Invalid user id",
        "Job dependency problem",
    ];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_for_good_is_told_by_its_words(string words)
    {
        var error = SubmitErrors.Classify($"sbatch: error: Batch job submission failed: {words}");

        Assert.Equal(ProviderErrorKind.Rejected, error.Kind);
        Assert.Contains(words, error.Message);
    }

    [Theory]
    [InlineData("Unable to contact slurm controller (connect failure)")]
    [InlineData("Socket timed out on send/recv operation")]
    [InlineData("Slurm temporarily unable to accept job, sleeping and retrying")]
    [InlineData("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)")]
    [InlineData("Unspecified error")]
    [InlineData("Protocol authentication error")]
    [InlineData("exit code 1 and not a word")]
    public void Any_other_refusal_may_pass(string words) => Assert.Equal(ProviderErrorKind.Unavailable, SubmitErrors.Classify(words).Kind);

    [Fact]
    public void Random_bytes_never_throw()
    {
        var alphabet = Encoding.UTF8.GetBytes("0123456789:|;(),*+ \n\t=abcRUNNINGvirtual-kubelet/vk/CANCELLED by \0\u20ac");
        var noise = Gen.Frequency((5, Gen.Elements(alphabet)), (1, Gen.Choose(0, 255).Select(b => (byte)b))).ArrayOf();
        var texts = from bytes in noise from repeat in Gen.Choose(1, 60) select string.Concat(Enumerable.Repeat(Encoding.UTF8.GetString(bytes), repeat));

        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            SqueueOutput.Parse("vk", text);
            SacctOutput.Parse(text);
            SinfoOutput.Parse("slurm", text);
            SlurmFacts.Parse(text);
            SlurmValues.Exit(text);
            SlurmValues.Time(text);
            SlurmJobStates.Parse(text);
            SubmitErrors.Classify(text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static string Row(params string[] fields)
    {
        int[] widths = [24, 24, 96, 16, 24, 24, 128, 256, 420];
        return string.Concat(fields.Zip(widths, (field, width) => field.PadRight(width))) + "\n";
    }
}
