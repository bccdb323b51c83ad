using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Whole trees through tar, as <c>kubectl cp</c> moves them.</summary>
public sealed class CopyTests(StreamingPod pod) : IClassFixture<StreamingPod>
{
    private const int Deadline = 240_000;

    /// <summary>Names that a shell, a text protocol or a decoder would stumble over; the last one is no UTF-8.</summary>
    private const string OddTree = """
        set -e
        cd "$0"
        mkdir -p 'deep/er/and deeper' empty-directory
        echo one >'with space'
        echo two >$'new\nline'
        echo three >-dash
        echo four >'"quoted'"'"'"'
        echo five >'back\slash'
        echo six >'*?[glob]'
        echo seven >ünïcödé-名前
        echo eight >$'\xff\xfe'
        : >empty
        printf 'no newline' >deep/er/and\ deeper/file
        head -c 10485760 /dev/urandom >large
        chmod 700 large
        ln -s large link
        """;

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X13")]
    [Trait("Item", "W6")]
    public async Task A_tree_goes_in_and_comes_out_again_unchanged()
    {
        using var files = new TempDirectory();
        var (here, there, back) = (files["here"], files["there"], files["back"]);
        await Run.CheckedAsync("mkdir", [here, there, back]);
        try
        {
            await Run.CheckedAsync("bash", ["-c", OddTree, here]);

            await PutAsync(here, there);
            await GetAsync(there, back);

            await AssertSameAsync(here, there);
            await AssertSameAsync(here, back);
        }
        finally
        {
            // .NET cannot delete a file whose name is no text.
            await Run.CheckedAsync("rm", ["-r", here, there, back]);
        }
    }

    private static async Task AssertSameAsync(string expected, string actual)
    {
        await Run.CheckedAsync("diff", ["--recursive", "--no-dereference", expected, actual]);
        Assert.Equal(await ListAsync(expected), await ListAsync(actual));
    }

    /// <summary><c>kubectl cp here pod:there</c>.</summary>
    private async Task PutAsync(string here, string there)
    {
        using var tar = Run.Start("tar", ["cf", "-", "-C", here, "."]);
        await using var session = await ExecAsync(["tar", "-xmf", "-", "-C", there], stdin: true);
        Assert.True(session.CanCloseStdin);

        await tar.StandardOutput.BaseStream.CopyToAsync(session.Stdin!);
        await session.Stdin!.CompleteAsync();

        Assert.Equal("", await TextAsync(session.Stderr!));
        Assert.Equal(0, (await session.Completion.WaitAsync(Poll.Patience)).RequireExitCode());
        await EndedWellAsync(tar);
    }

    /// <summary><c>kubectl cp pod:there here</c>.</summary>
    private async Task GetAsync(string there, string here)
    {
        using var tar = Run.Start("tar", ["xf", "-", "-C", here]);
        await using var session = await ExecAsync(["tar", "cf", "-", "-C", there, "."], stdin: false);

        await session.Stdout!.CopyToAsync(tar.StandardInput.BaseStream);
        tar.StandardInput.Close();

        Assert.Equal("", await TextAsync(session.Stderr!));
        Assert.Equal(0, (await session.Completion.WaitAsync(Poll.Patience)).RequireExitCode());
        await EndedWellAsync(tar);
    }

    private Task<RemoteCommandClientSession> ExecAsync(string[] command, bool stdin) =>
        pod.Agent.Client.ExecAsync(new ExecRequest("default", StreamingPod.Name, "main", command) { Stdin = stdin }, CancellationToken.None);

    private static async Task<string> TextAsync(PipeReader reader)
    {
        using var bytes = new MemoryStream();
        await reader.CopyToAsync(bytes).WaitAsync(Poll.Patience);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static async Task EndedWellAsync(Process tar)
    {
        await tar.WaitForExitAsync().WaitAsync(Poll.Patience);
        Assert.Equal((0, ""), (tar.ExitCode, await tar.StandardError.ReadToEndAsync()));
    }

    private static Task<string> ListAsync(string directory) => Run.CheckedAsync("bash", ["-c", "cd \"$0\" && LC_ALL=C ls -lRA --time-style=+", directory]);
}
