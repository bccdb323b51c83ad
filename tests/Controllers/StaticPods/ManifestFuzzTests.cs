using System.Text;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.Tests.StaticPods;

/// <summary>Hostile bytes: reading never throws, never takes long, and never lets an unsafe name through. Seeds are fixed, so a failure repeats.</summary>
public sealed class ManifestFuzzTests
{
    private const string Seed = """
        apiVersion: v1
        kind: Pod
        metadata: &m {name: hello, namespace: default, labels: {app: web}, annotations: {note: "é\n\u0041"}}
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 0x1F
          initContainers:
          - {name: init, image: i, restartPolicy: Always}
          containers:
          - name: main
            image: busybox
            command: ["sh", '-c', "echo $(A) && sleep 1"]
            args: [!!str 1, |-
              text
              more]
            env:
            - {name: A, value: "1"}
            - {name: B, valueFrom: {fieldRef: {fieldPath: metadata.labels['app']}}}
            - {name: C, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
            resources: {limits: {cpu: 1.5, memory: 1Gi}, requests: {cpu: 500m}}
            volumeMounts: [{name: v, mountPath: /x}]
          volumes: [{name: v, emptyDir: {}}]
        ---
        {"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"},"spec":{"containers":[{"name":"c","image":"i"}]}}]}
        """;

    private static readonly string[] Tokens =
    [
        "\n", "---\n", "...\n", "- ", "? ", ": ", "{", "}", "[", "]", "&a ", "*a", "*m", "<<: *m", "!!str ", "!<x> ", "%TAG ! x\n", "|", ">", "'", "\"", "\\u0000", "\\ud800", "\\x1b", "#",
        "null", "~", "true", "0777", "0x", "1e999", "-.inf", ".nan", "\0", "\u001b", "\ufeff", "\u2028", "../..", "$(reboot)", "`id`", "\t", "   ", "99999999999999999999", "\r",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_manifests_never_throw_and_never_smuggle_a_name(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 1500; round++)
        {
            var text = new StringBuilder(Seed);
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                Mutate(text, random);
            }

            AssertSafe(Manifests.Read(Encoding.UTF8.GetBytes(text.ToString()), random.Next(4) == 0 ? "/x/a.json" : Manifests.Path));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Random_bytes_and_random_yaml_tokens_never_throw(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            AssertSafe(Manifests.Read(bytes));
            AssertSafe(Manifests.Read(string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Tokens[random.Next(Tokens.Length)]))));
        }
    }

    private static void Mutate(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length);
        switch (random.Next(4))
        {
            case 0:
                text.Insert(at, Tokens[random.Next(Tokens.Length)]);
                break;
            case 1:
                text.Remove(at, Math.Min(random.Next(1, 30), text.Length - at));
                break;
            case 2:
                text[at] = (char)random.Next(1, 0x3000);
                break;
            default:
                var piece = text.ToString(at, Math.Min(random.Next(1, 60), text.Length - at));
                text.Insert(random.Next(text.Length), piece);
                break;
        }
    }

    private static void AssertSafe(ManifestContent content)
    {
        Assert.All(content.Pods, p => Assert.Empty(PodValidator.Validate(p.Pod)));
        Assert.All(content.Faults, f => Assert.NotEmpty(f.Errors));
        Assert.All(content.Faults.SelectMany(f => f.Errors), e => Assert.DoesNotContain(e, char.IsControl));
    }
}
