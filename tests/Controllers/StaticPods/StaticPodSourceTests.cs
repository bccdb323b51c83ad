using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Controllers.Tests.StaticPods;

public sealed class StaticPodSourceTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddHours(1));
    private readonly ManifestDirectory _manifests;

    public StaticPodSourceTests() => _manifests = Open(_directory.Path);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Files_are_read_by_their_names_and_what_is_no_manifest_is_ignored()
    {
        _directory.Write("a.yaml", Manifests.Pod("a"));
        _directory.Write("b.yml", Manifests.Pod("b"));
        _directory.Write("c.json", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        _directory.Write(".hidden.yaml", Manifests.Pod("hidden"));
        _directory.Write("notes.txt", "x");
        _directory.Write("d.yaml~", "x");
        Directory.CreateDirectory(_directory["sub.yaml"]);

        Assert.Equal(["a", "b", "c"], (await ScanAsync()).Keys.Select(k => k.Name).Order());
    }

    [Fact]
    public async Task A_pod_is_added_changed_and_removed_with_its_file()
    {
        Assert.Empty(await ScanAsync());
        _directory.Write("a.yaml", Manifests.Pod("a"));
        var first = (await ScanAsync()).Values.Single();
        _directory.Write("a.yaml", Manifests.Pod("a", "\"false\""));
        var second = (await ScanAsync()).Values.Single();
        Assert.NotEqual(first.Uid, second.Uid);

        File.Delete(_directory["a.yaml"]);
        Assert.Single(await ScanAsync());
        Assert.Empty(await ScanAsync());
    }

    [Fact]
    public async Task A_file_counts_only_once_it_has_stood_still()
    {
        _directory.Write("a.yaml", Manifests.Pod("a"));
        await ScanAsync();
        File.SetLastWriteTimeUtc(_directory["a.yaml"], _time.GetUtcNow().UtcDateTime);
        _directory.Write("a.yaml", "");
        File.SetLastWriteTimeUtc(_directory["a.yaml"], _time.GetUtcNow().UtcDateTime);

        var scan = await _manifests.ScanAsync(CancellationToken.None);
        Assert.False(scan.IsSettled);
        Assert.False(scan.IsComplete);
        Assert.Single(StaticPodSet.Merge(scan.Files));

        scan = await _manifests.ScanAsync(CancellationToken.None);
        Assert.True(scan.IsSettled);
        Assert.Empty(StaticPodSet.Merge(scan.Files));
    }

    [Fact]
    public async Task A_file_that_became_unreadable_keeps_its_pods_and_shows_the_error()
    {
        _directory.Write("a.yaml", Manifests.Pod("a") + "---\n" + Manifests.Pod("b"));
        await ScanAsync();
        _directory.Write("a.yaml", Manifests.Pod("a") + "---\nkind: [");

        var pods = await ScanAsync();
        Assert.Equal(["a", "b", "manifest-a-yaml-1"], pods.Keys.Select(k => k.Name).Order());
        Assert.Contains("is not YAML", Assert.Single(pods[new PodKey("default", "manifest-a-yaml-1")].Errors), StringComparison.Ordinal);
        Assert.False((await _manifests.ScanAsync(CancellationToken.None)).IsComplete);

        _directory.Write("a.yaml", Manifests.Pod("b"));
        Assert.Equal(["b"], (await ScanAsync()).Keys.Select(k => k.Name));
    }

    [Fact]
    public async Task A_document_that_became_wrong_keeps_its_pod_and_one_without_a_name_keeps_them_all()
    {
        _directory.Write("a.yaml", Manifests.Pod("a") + "---\n" + Manifests.Pod("b"));
        var before = await ScanAsync();
        _directory.Write("a.yaml", Manifests.Pod("a", image: ""));
        var wrong = await ScanAsync();
        Assert.Equal(["a", "manifest-a-yaml-1"], wrong.Keys.Select(k => k.Name).Order());
        Assert.Equal(before[new PodKey("default", "a")].Uid, wrong[new PodKey("default", "a")].Uid);

        _directory.Write("a.yaml", Manifests.Pod("..") + "---\n" + Manifests.Pod("c"));
        Assert.Equal(["a", "c", "manifest-a-yaml-1"], (await ScanAsync()).Keys.Select(k => k.Name).Order());
    }

    [Fact]
    public async Task A_pod_that_never_was_right_is_shown_under_its_name()
    {
        _directory.Write("a.yaml", Manifests.Pod("a", image: "\"b c\""));
        var shown = (await ScanAsync()).Values.Single();

        Assert.Equal("a", shown.Key.Name);
        Assert.Contains("a.yaml:8: spec.containers[0].image", Assert.Single(shown.Errors), StringComparison.Ordinal);
        Assert.Null(NameRules.Uid(shown.Uid));
    }

    [Fact]
    public async Task Of_two_pods_of_one_name_or_uid_the_first_counts_and_the_other_is_told()
    {
        _directory.Write("b.yaml", Manifests.Pod("a"));
        _directory.Write("a.yaml", Manifests.Pod("a", "\"first\"") + "---\n" + Manifests.Pod("x").Replace("name: x", "name: x\n  uid: u", StringComparison.Ordinal));
        _directory.Write("c.yaml", Manifests.Pod("z").Replace("name: z", "name: z\n  uid: u", StringComparison.Ordinal));
        var pods = await ScanAsync();

        Assert.Equal(["first"], pods[new PodKey("default", "a")].Pod.Spec.Containers![0].Command!);
        Assert.Contains("is declared in a.yaml:1 already", Assert.Single(pods[new PodKey("default", "manifest-b-yaml-1")].Errors), StringComparison.Ordinal);
        Assert.Contains("metadata.uid", Assert.Single(pods[new PodKey("default", "manifest-c-yaml-1")].Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_missing_or_vanished_removes_nothing_and_is_not_complete()
    {
        var missing = _directory["missing"];
        var manifests = Open(missing);
        Assert.False((await manifests.ScanAsync(CancellationToken.None)).IsComplete);

        Directory.CreateDirectory(missing);
        File.WriteAllText(Path.Combine(missing, "a.yaml"), Manifests.Pod("a"));
        await manifests.ScanAsync(CancellationToken.None);
        Assert.True((await manifests.ScanAsync(CancellationToken.None)).IsComplete);

        Directory.Delete(missing, recursive: true);
        await manifests.ScanAsync(CancellationToken.None);
        Assert.Single(StaticPodSet.Merge((await manifests.ScanAsync(CancellationToken.None)).Files));
    }

    [Fact]
    public async Task Links_are_followed_and_a_swapped_target_is_noticed()
    {
        Directory.CreateDirectory(_directory["..one"]);
        Directory.CreateDirectory(_directory["..two"]);
        File.WriteAllText(_directory["..one/a.yaml"], Manifests.Pod("a", "\"one\""));
        File.WriteAllText(_directory["..two/a.yaml"], Manifests.Pod("a", "\"two\""));
        File.CreateSymbolicLink(_directory["a.yaml"], _directory["..one/a.yaml"]);
        File.CreateSymbolicLink(_directory["dangling.yaml"], _directory["nowhere"]);
        Assert.Equal(["one"], (await ScanAsync())[new PodKey("default", "a")].Pod.Spec.Containers![0].Command!);

        File.Delete(_directory["a.yaml"]);
        File.CreateSymbolicLink(_directory["a.yaml"], _directory["..two/a.yaml"]);
        var pods = await ScanAsync();
        Assert.Equal(["two"], pods[new PodKey("default", "a")].Pod.Spec.Containers![0].Command!);
        Assert.Contains("cannot be read", pods[new PodKey("default", "manifest-dangling-yaml-1")].Errors[0], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_pipe_is_never_waited_for()
    {
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [_directory["pipe.yaml"]]);
        await mkfifo.WaitForExitAsync();
        _directory.Write("a.yaml", Manifests.Pod("a"));

        Assert.Equal(["a"], (await ScanAsync()).Keys.Select(k => k.Name));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_source_tells_all_then_that_it_is_all_then_changes()
    {
        _directory.Write("a.yaml", Manifests.Pod("a"));
        var source = new StaticPodSource(_manifests, new StaticPodOptions { Directory = _directory.Path }, _time);
        await using var events = source.WatchAsync(CancellationToken.None).GetAsyncEnumerator();

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("a", Assert.IsType<PodSourceEvent.Declared>(events.Current).Pod.Key.Name);
        Assert.True(await events.MoveNextAsync());
        Assert.IsType<PodSourceEvent.Listed>(events.Current);

        File.Delete(_directory["a.yaml"]);
        var next = events.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            await _time.WaitForTimerAsync(CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await next);
        Assert.Equal("a", Assert.IsType<PodSourceEvent.Withdrawn>(events.Current).Key.Name);
    }

    private ManifestDirectory Open(string path) =>
        new(new StaticPodOptions { Directory = path }, new ManifestReader("node-1", _time), _time, NullLogger.Instance);

    private async Task<IReadOnlyDictionary<PodKey, DeclaredPod>> ScanAsync() =>
        StaticPodSet.Merge((await _manifests.ScanAsync(CancellationToken.None)).Files);
}
