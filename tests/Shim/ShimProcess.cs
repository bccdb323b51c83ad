using System.Diagnostics;
using System.Text;

namespace VirtualKubelet.Shim.Tests;

/// <summary>A running shim.</summary>
internal sealed class ShimProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder errors = new();
    private readonly StringBuilder output = new();

    public ShimProcess(ProcessStartInfo start)
    {
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, e) => Add(errors, e.Data);
        process.OutputDataReceived += (_, e) => Add(output, e.Data);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public int Pid => process.Id;

    public string Errors => Read(errors);

    public string Output => Read(output);

    public void Signal(int signal) => Signals.Send(Pid, signal);

    public async Task<int> ExitCodeAsync()
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(TestPod.Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"the shim did not end; it said:\n{Errors}");
        }

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Signal(Signals.Term);
            Signal(Signals.Kill);
            await process.WaitForExitAsync().WaitAsync(TestPod.Patience);
        }

        process.Dispose();
    }

    private static void Add(StringBuilder to, string? line)
    {
        lock (to)
        {
            to.AppendLine(line);
        }
    }

    private static string Read(StringBuilder from)
    {
        lock (from)
        {
            return from.ToString();
        }
    }
}
