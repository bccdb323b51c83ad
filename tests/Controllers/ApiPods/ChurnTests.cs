using System.Collections.Concurrent;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>Many pods that come and go while everything breaks now and then: in the end everybody agrees, and no pod was ever made twice.</summary>
public sealed class ChurnTests
{
    private const int Pods = 300;
    private const int Rounds = 400;

    [Theory(Timeout = 240_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_everybody_agrees_in_the_end(int seed)
    {
        var random = new Random(seed);
        await using var harness = await ApiPodHarness.CreateAsync();
        var asked = new ConcurrentDictionary<string, WorkloadId>();
        harness.Provider.OnDelete = (id, _) =>
        {
            asked[id.Uid] = id;
            return Task.CompletedTask;
        };
        harness.Start();
        var made = new List<WorkloadId>();
        for (var round = 0; round < Rounds; round++)
        {
            await ActAsync(harness, random, made);
            Progress(harness, random, asked);
            await harness.Time.PassAsync(TimeSpan.FromMilliseconds(random.Next(20, 400)), CancellationToken.None);
            if (round % 130 == 129)
            {
                await harness.RestartAsync();
            }
        }

        harness.Server.Faults.Clear();
        harness.Provider.OnCreate = (_, _) => Task.CompletedTask;
        await SettleAsync(harness, asked);
        Check(harness, made);
    }

    private static async Task ActAsync(ApiPodHarness harness, Random random, List<WorkloadId> made)
    {
        if (made.Count < Pods)
        {
            made.Add(harness.Put($"pod-{random.Next(Pods / 2)}-{made.Count}"));
        }

        // Namesakes now and then: a StatefulSet's way.
        var victim = made[random.Next(made.Count)];
        switch (random.Next(12))
        {
            case 0 when harness.Find(victim.Name) is not null:
                harness.Api.Delete(ApiPodHarness.Key(victim.Name));
                made.Add(harness.Put(victim.Name));
                break;
            case 1:
                harness.Api.Delete(ApiPodHarness.Key(victim.Name));
                break;
            case 2 or 3 or 4 when harness.Find(victim.Name) is not null:
                Mark(harness, victim.Name, random.Next(0, 30));
                break;
            case 5:
                Fault(harness, random);
                break;
            case 6 when random.Next(4) == 0 && harness.Server.Watches.Open.Count > 0:
                harness.Server.Watches.Open[0].Drop();
                break;
            case 7 when random.Next(4) == 0:
                harness.Api.Compact();
                break;
            case 8:
                FailCreations(harness, random);
                break;
            default:
                break;
        }

        await Task.Yield();
    }

    private static void Fault(ApiPodHarness harness, Random random)
    {
        var verb = random.Next(4) switch { 0 => "list", 1 => "watch", 2 => "delete", _ => "patch" };
        bool When(RecordedRequest r) => r.Verb == verb;
        switch (random.Next(6))
        {
            case 0:
                harness.Server.Faults.Refuse(When, new StatusException(429, "TooManyRequests", "later") { RetryAfter = 1 }, times: random.Next(1, 4));
                break;
            case 1:
                harness.Server.Faults.Refuse(When, new StatusException(500, "InternalError", "no"), times: random.Next(1, 4));
                break;
            case 2:
                harness.Server.Faults.Refuse(When, new StatusException(409, "Conflict", "no"));
                break;
            case 3:
                harness.Server.Faults.Drop(When, times: random.Next(1, 4));
                break;
            case 4 when verb is "patch" or "delete":
                harness.Server.Faults.LoseAnswer(When);
                break;
            default:
                harness.Server.Faults.CutAnswer(When, random.Next(10, 300));
                break;
        }
    }

    private static void FailCreations(ApiPodHarness harness, Random random)
    {
        var left = random.Next(1, 5);
        var isLate = random.Next(2) == 0;
        harness.Provider.OnCreate = (workload, _) =>
        {
            if (Interlocked.Decrement(ref left) < 0)
            {
                return Task.CompletedTask;
            }

            if (isLate)
            {
                harness.Provider.Know(workload.Id, PodPhases.Pending);
            }

            throw new ProviderException(ProviderErrorKind.Unavailable, "slurmctld is away");
        };
    }

    // The provider's world goes on: what was made runs, what runs ends, what was asked to end is gone.
    private static void Progress(ApiPodHarness harness, Random random, ConcurrentDictionary<string, WorkloadId> asked)
    {
        foreach (var status in harness.Provider.Known().Where(_ => random.Next(10) == 0))
        {
            if (asked.ContainsKey(status.Id.Uid))
            {
                harness.Provider.ReportGone(status.Id, PodPhases.IsTerminal(status.Status.Phase) ? status.Status : harness.Ended(PodPhases.Running, random.Next(2)));
            }
            else if (status.Status.Phase == PodPhases.Pending)
            {
                harness.Provider.Report(status.Id, harness.Running(), $"job-{status.Id.Uid}");
            }
            else if (status.Status.Phase == PodPhases.Running)
            {
                var exitCode = random.Next(2);
                harness.Provider.Report(status.Id, harness.Ended(exitCode == 0 ? PodPhases.Succeeded : PodPhases.Failed, exitCode), status.JobId);
            }
        }
    }

    private static async Task SettleAsync(ApiPodHarness harness, ConcurrentDictionary<string, WorkloadId> asked)
    {
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(250), () =>
        {
            Progress(harness, Random.Shared, asked);
            var pods = harness.Api.List(Selectors.Parse(ResourceTypes.Pods, "", null, null)).Items;
            var known = harness.Provider.Known().ToDictionary(s => s.Id.Uid, s => s.Status.Phase);
            return pods.All(p => p.Text("metadata.deletionTimestamp") is null && PodPhases.IsTerminal(p.Text("status.phase")))
                && known.Keys.All(uid => pods.Any(p => p.Text("metadata.uid") == uid))
                && pods.All(p => !known.TryGetValue(p.Text("metadata.uid")!, out var phase) || phase == p.Text("status.phase"));
        });
    }

    private static void Check(ApiPodHarness harness, List<WorkloadId> made)
    {
        var created = harness.Provider.Created.Select(w => w.Id.Uid).ToList();
        Assert.Equal(created.Count, created.Distinct().Count());
        Assert.Subset(made.Select(m => m.Uid).ToHashSet(), created.ToHashSet());
        foreach (var patch in harness.Patches)
        {
            Assert.Contains(made, m => m.Name == patch.Route!.Name && m.Uid == patch.Json.Text("metadata.uid"));
        }

        Assert.All(harness.Deletions, d => Assert.Equal("0", d.Json.Text("gracePeriodSeconds")));
    }

    private static void Mark(ApiPodHarness harness, string name, int grace)
    {
        try
        {
            harness.Change(name, pod =>
            {
                if (pod["metadata"]!["deletionTimestamp"] is null)
                {
                    pod["metadata"]!["deletionTimestamp"] = ApiStore.Rfc3339(harness.Time.GetUtcNow().AddSeconds(grace));
                    pod["metadata"]!["deletionGracePeriodSeconds"] = grace;
                }
            });
        }
        catch (StatusException e) when (e.Code == 404)
        {
            // The agent was quicker.
        }
    }
}
