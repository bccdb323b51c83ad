using System.Globalization;
using System.Text.Json.Nodes;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Leadership;

public sealed class SplitBrainTests
{
    private const int Deadline = 120_000;

    // Agents come, go, are cut off and come back, answers fail, conflict and get lost, and somebody else touches the lease: never two at a time.
    [Theory(Timeout = Deadline)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_bad_the_day_no_two_agents_hold_the_node(int seed)
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var chance = new Random(seed);
        var agents = Enumerable.Range(0, 3).Select(i => harness.Start(Name(i))).ToList();
        agents.ForEach(a => a.Clock.Offset = TimeSpan.FromSeconds(chance.Next(-1000, 1000)));
        var holders = new HashSet<string>();
        var faults = harness.Server.Faults;
        for (var step = 0; step < 120; step++)
        {
            var one = agents[chance.Next(agents.Count)];
            switch (chance.Next(12))
            {
                case 0:
                    one.IsCutOff = !one.IsCutOff;
                    break;
                case 1:
                    one.Stop();
                    agents[agents.IndexOf(one)] = harness.Start(Name(100 + step));
                    break;
                case 2:
                    faults.Refuse(r => r.Verb is "update", StatusException.Conflict("lease", "changed"));
                    break;
                case 3:
                    faults.Refuse(_ => true, new StatusException(500, "InternalError", "etcd"), chance.Next(1, 8));
                    break;
                case 4:
                    faults.LoseAnswer(r => r.Verb is "update" or "create", chance.Next(1, 3));
                    break;
                case 5 when harness.Lease is not null:
                    harness.Put(l => l.Metadata()["labels"] = new JsonObject { ["step"] = step.ToString(CultureInfo.InvariantCulture) });
                    break;
                case 6:
                    one.Clock.Offset = TimeSpan.FromSeconds(chance.Next(-5000, 5000));
                    break;
                default:
                    break;
            }

            await harness.PassAsync(TimeSpan.FromSeconds(chance.Next(1, 12)), () =>
            {
                var holding = harness.Agents.Where(a => a.Lease.IsHeld).Select(a => a.ToString()!).ToList();
                Assert.True(holding.Count <= 1, string.Join(' ', holding));
                holders.UnionWith(holding);
            });
        }

        Assert.True(holders.Count > 3, $"only {string.Join(' ', holders)}");

        static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"agent-{i}");
    }
}
