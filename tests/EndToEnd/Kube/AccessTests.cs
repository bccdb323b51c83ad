using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>What keeps an agent out of its cluster is said in one line that names the way out.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class AccessTests(KubernetesSite site)
{
    private const int Deadline = 240_000;

    [Theory(Timeout = Deadline)]
    [InlineData("no-such-file", "cannot be read")]
    [InlineData("no-such-context", "has no context \"other\"; there are \"x\"")]
    [InlineData("no-such-user", "has no user \"v\"; there are \"u\"")]
    [InlineData("half-a-certificate", "a client certificate and its key go together")]
    public async Task A_kubeconfig_that_says_not_enough_ends_the_agent(string fault, string words)
    {
        var path = fault == "no-such-file" ? "/nowhere/kubeconfig" : await KubeconfigAsync(fault);
        await using var agent = await NodeAgent.PrepareAsync(site, new NodeAgentOptions { Kubeconfig = path });

        var run = await Run.TryAsync(Binaries.Agent, ["run", "--config", agent.Config], site.Slurm.Variables);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"node {agent.Node} cannot start: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.Work()));
    }

    [Fact(Timeout = Deadline)]
    public async Task Without_a_kubeconfig_the_agent_says_what_to_set()
    {
        await using var agent = await NodeAgent.PrepareAsync(site);
        await File.WriteAllLinesAsync(agent.Config, (await File.ReadAllLinesAsync(agent.Config)).Where(line => !line.Contains("kubeconfig:", StringComparison.Ordinal)));

        var run = await Run.TryAsync(Binaries.Agent, ["run", "--config", agent.Config], site.Slurm.Variables);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is no API server to join: set spec.kubeconfig", run.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_wrong_node_YAML_is_told_before_anything_is_started()
    {
        await using var agent = await NodeAgent.PrepareAsync(site);
        await File.AppendAllTextAsync(agent.Config, "\n---\n{}\n");

        var run = await Run.TryAsync(Binaries.Agent, ["run", "--config", agent.Config], site.Slurm.Variables);

        Assert.Equal(78, run.ExitCode);
        Assert.Contains("apiVersion: is required", run.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = Deadline)]
    [InlineData("wrong-authority", "is not signed by an authority that is trusted here", "let certificate-authority and server")]
    [InlineData("expired", "expired at", "renew the client certificate or the token")]
    [InlineData("wrong-token", "401", "renew the client certificate or the token")]
    [InlineData("other-node", "403", "use credentials of this very node")]
    [InlineData("no-rights", "403", "or give the account the rights of deploy/rbac.yaml")]
    [InlineData("nobody-there", "cannot be reached", "see that the server in")]
    public async Task What_the_API_server_refuses_is_told_with_a_way_out_and_tried_again(string fault, string words, string advice)
    {
        await using var agent = await NodeAgent.PrepareAsync(site, new NodeAgentOptions { Kubeconfig = await KubeconfigAsync(fault) });

        _ = agent.Process.Launch();
        await agent.Process.WaitForLogAsync($"node {agent.Node} cannot join its cluster yet: ");

        Assert.Contains(words, agent.Process.Log, StringComparison.Ordinal);
        Assert.Contains(advice, agent.Process.Log, StringComparison.Ordinal);
        var check = await agent.CommandAsync("check");
        Assert.Contains("FAIL  API server lets this node in", check.Output, StringComparison.Ordinal);
        Assert.Equal(0, await agent.Process.StopAsync());
        Assert.Null(await site.FindNodeAsync(agent.Node));
        Assert.False(Directory.Exists(agent.Work()) && Directory.EnumerateFileSystemEntries(agent.Work()).Any());
    }

    [Fact(Timeout = Deadline)]
    public async Task Credentials_that_are_mended_let_the_agent_in_without_a_restart()
    {
        await using var agent = await NodeAgent.PrepareAsync(site, new NodeAgentOptions { Kubeconfig = await KubeconfigAsync("mended") });
        var (certificate, key) = (site.Kube.Root + "/mended.crt", site.Kube.Root + "/mended.key");
        await SignAsync("mended", $"/O=system:nodes/CN=system:node:{agent.Node}", days: 0);
        var ready = agent.Process.Launch();
        await agent.Process.WaitForLogAsync("cannot join its cluster yet");
        Assert.True(File.Exists(certificate) && File.Exists(key));

        await SignAsync("mended", $"/O=system:nodes/CN=system:node:{agent.Node}", days: 1);

        await ready.WaitAsync(Poll.Patience);
        await site.WaitForReadyNodeAsync(agent.Node);
    }

    private async Task<string> KubeconfigAsync(string fault)
    {
        var directory = site.Kube.Root;
        var (authority, server, context, user, credentials) = (site.Kube.Authority, site.Kube.Server.ToString(), "x", "u", "token: nonsense");
        switch (fault)
        {
            case "no-such-context":
                context = "other";
                break;
            case "no-such-user":
                user = "v";
                break;
            case "half-a-certificate":
                credentials = $"client-certificate: {authority}";
                break;
            case "wrong-authority":
                authority = Path.Combine(directory, "pki", "etcd-ca.crt");
                break;
            case "nobody-there":
                server = "https://127.0.0.1:1";
                break;
            case "expired":
                await SignAsync(fault, "/O=system:nodes/CN=system:node:expired", days: 0);
                credentials = $"client-certificate: {fault}.crt, client-key: {fault}.key";
                break;
            case "mended":
                await SignAsync(fault, "/O=system:nodes/CN=system:node:mended", days: 0);
                credentials = $"client-certificate: {fault}.crt, client-key: {fault}.key";
                break;
            case "other-node":
                return await site.Kube.NodeKubeconfigAsync("somebody-else");
            case "no-rights":
                await SignAsync(fault, "/CN=somebody", days: 1);
                credentials = $"client-certificate: {fault}.crt, client-key: {fault}.key";
                break;
        }

        var path = Path.Combine(directory, $"{fault}.kubeconfig");
        await File.WriteAllTextAsync(path, $"""
            clusters:
            - name: c
              cluster:
                server: {server}
                certificate-authority: {authority}
            users:
            - name: u
              user:
                {credentials.Replace(", ", "\n    ", StringComparison.Ordinal)}
            contexts:
            - name: x
              context:
                cluster: c
                user: {user}
            current-context: {context}
            """);
        return path;
    }

    // With 0 days it has expired at once.
    private Task<string> SignAsync(string file, string subject, int days) => Run.CheckedAsync(
        "/bin/bash",
        [
            "-euc",
            """
            openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$2.key.new"
            openssl req -new -key "$2.key.new" -subj "$3" -out "$2.csr"
            openssl x509 -req -in "$2.csr" -days "$4" -CA "$1/pki/ca.crt" -CAkey "$1/pki/ca.key" -set_serial "0x$(openssl rand -hex 15)" -extfile <(echo extendedKeyUsage=clientAuth) -out "$2.crt"
            mv "$2.key.new" "$2.key"
            """,
            "sign", site.Kube.Root, Path.Combine(site.Kube.Root, file), subject, days.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ]);
}
