using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>Connections to ports of running workloads; the tests' own machine is where they run.</summary>
public abstract class ConnectContract(IProviderHost host) : ProviderContractTests(host)
{
    [Fact(Timeout = Deadline)]
    [Trait("Item", "P2")]
    [Trait("Item", "P7")]
    public async Task The_half_close_of_either_side_reaches_the_other()
    {
        var workload = await SleepAsync();
        using var server = Listen();
        var serving = ServeAsync(server, async stream =>
        {
            using var reader = new StreamReader(stream);
            var request = await reader.ReadToEndAsync();
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"got {request}"));
        });

        var connection = await ConnectAsync(workload, server);
        await connection.Output.WriteAsync("question"u8.ToArray());
        await connection.Output.CompleteAsync();

        Assert.Equal("got question", await ReadToEndAsync(connection.Input));
        await connection.Input.CompleteAsync();
        await serving;
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P8")]
    public async Task A_target_that_has_said_all_can_still_be_told()
    {
        var workload = await SleepAsync();
        using var server = Listen();
        var heard = new TaskCompletionSource<string>();
        var serving = ServeAsync(server, async stream =>
        {
            await stream.WriteAsync("hello"u8.ToArray());
            stream.Socket.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            heard.SetResult(await reader.ReadToEndAsync());
        });

        var connection = await ConnectAsync(workload, server);
        Assert.Equal("hello", await ReadToEndAsync(connection.Input));
        await connection.Output.WriteAsync("still here"u8.ToArray());
        await connection.Output.CompleteAsync();
        await connection.Input.CompleteAsync();

        Assert.Equal("still here", await heard.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await serving;
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P6")]
    public async Task A_refused_connection_is_one_clear_error()
    {
        var workload = await SleepAsync();
        int port;
        using (var server = Listen())
        {
            port = ((IPEndPoint)server.LocalEndpoint).Port;
        }

        var error = await RefusedAsync(ProviderErrorKind.Unavailable, () => Provider.ConnectAsync(workload.Id, port, CancellationToken.None));

        Assert.StartsWith("connection refused", error.Message, StringComparison.Ordinal);
        await RefusedAsync(ProviderErrorKind.Invalid, () => Provider.ConnectAsync(workload.Id, 0, CancellationToken.None));
        await RefusedAsync(ProviderErrorKind.Invalid, () => Provider.ConnectAsync(workload.Id, 65_536, CancellationToken.None));
        await RefusedAsync(ProviderErrorKind.NotFound, () => Provider.ConnectAsync(TestPod.Of(TestPod.Shell("true")).Id, 80, CancellationToken.None));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_workload_that_has_ended_is_not_connected_to()
    {
        var workload = await RunAsync("true");
        await WaitForEndAsync(workload);

        await RefusedAsync(ProviderErrorKind.NotRunning, () => Provider.ConnectAsync(workload.Id, 80, CancellationToken.None));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_target_that_breaks_off_is_an_error_and_not_an_end()
    {
        var workload = await SleepAsync();
        using var server = Listen();
        var serving = ServeAsync(server, async stream =>
        {
            await stream.ReadAtLeastAsync(new byte[1], 1);
            stream.Socket.LingerState = new LingerOption(true, 0);
        });

        var connection = await ConnectAsync(workload, server);
        await connection.Output.WriteAsync("x"u8.ToArray());
        await serving;

        var error = await Assert.ThrowsAsync<ProviderException>(() => ReadToEndAsync(connection.Input));
        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        await connection.Input.CompleteAsync();
        await connection.Output.CompleteAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task A_caller_who_completes_both_ends_has_closed_the_connection()
    {
        var workload = await SleepAsync();
        using var server = Listen();
        var closed = new TaskCompletionSource();
        var serving = ServeAsync(server, async stream =>
        {
            await Record.ExceptionAsync(async () =>
            {
                while (await stream.ReadAsync(new byte[1024]) > 0)
                {
                }
            });
            closed.SetResult();
        });

        var connection = await ConnectAsync(workload, server);
        await connection.Output.WriteAsync("x"u8.ToArray());
        await connection.Output.CompleteAsync();
        await connection.Input.CompleteAsync();

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await serving;
    }

    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_who_leaves_a_target_that_does_not_read_has_closed_the_connection(bool givesUp)
    {
        var workload = await SleepAsync();
        using var server = Listen();
        var serving = ServeAsync(server, async stream =>
        {
            // It would not see the end behind what it has not read; a reset it does.
            while (await Record.ExceptionAsync(() => stream.WriteAsync("x"u8.ToArray()).AsTask()) is null)
            {
                await Task.Delay(10);
            }
        });
        var connection = await ConnectAsync(workload, server);
        await FillAsync(connection.Output);

        await connection.Output.CompleteAsync(givesUp ? new IOException("enough") : null);
        await connection.Input.CompleteAsync();

        await serving.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P5")]
    public async Task Two_hundred_connections_at_once_go_on_beside_a_stalled_one()
    {
        var workload = await SleepAsync();
        using var server = Listen();
        var serving = Enumerable.Range(0, 201).Select(_ => ServeAsync(server, EchoAsync)).ToArray();
        var stalled = await ConnectAsync(workload, server);
        var flooding = FloodAsync(stalled.Output);

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => RoundTripAsync(workload, server, i)));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), 100_000 + i)), results);
        Assert.False(flooding.IsCompleted);
        stalled.Output.CancelPendingFlush();
        await flooding;
        await stalled.Output.CompleteAsync(new IOException("enough"));
        await stalled.Input.CompleteAsync();
        await Task.WhenAll(serving);
    }

    private async Task<Workload> SleepAsync()
    {
        var workload = await RunAsync("sleep 600");
        await WaitForPhaseAsync(workload, PodPhases.Running);
        return workload;
    }

    private Task<IDuplexPipe> ConnectAsync(Workload workload, TcpListener server) =>
        Provider.ConnectAsync(workload.Id, ((IPEndPoint)server.LocalEndpoint).Port, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    private async Task<string> RoundTripAsync(Workload workload, TcpListener server, int i)
    {
        var connection = await ConnectAsync(workload, server);
        var writing = Task.Run(async () =>
        {
            await connection.Output.WriteAsync(Encoding.ASCII.GetBytes(new string((char)('a' + (i % 26)), 100_000 + i)));
            await connection.Output.CompleteAsync();
        });
        var text = await ReadToEndAsync(connection.Input);
        await connection.Input.CompleteAsync();
        await writing;
        return text;
    }

    private static async Task FloodAsync(PipeWriter output)
    {
        var block = new byte[64 * 1024];
        while (!(await output.WriteAsync(block)).IsCanceled)
        {
        }
    }

    /// <summary>Writes until nothing has been taken for a second.</summary>
    private static async Task FillAsync(PipeWriter output)
    {
        var block = new byte[64 * 1024];
        Task<FlushResult> write;
        do
        {
            write = output.WriteAsync(block).AsTask();
        }
        while (await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(1))) == write);

        output.CancelPendingFlush();
        await write;
    }

    private static TcpListener Listen()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start(backlog: 512);
        return server;
    }

    private static async Task ServeAsync(TcpListener server, Func<NetworkStream, Task> serve)
    {
        using var socket = await server.AcceptSocketAsync();
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await Task.Run(() => serve(stream));
    }

    private static async Task EchoAsync(NetworkStream stream) => await Record.ExceptionAsync(async () =>
    {
        await stream.CopyToAsync(stream);
        stream.Socket.Shutdown(SocketShutdown.Send);
    });

    private static async Task<string> ReadToEndAsync(PipeReader reader)
    {
        using var content = new MemoryStream();
        await reader.CopyToAsync(content).WaitAsync(TimeSpan.FromSeconds(60));
        return Encoding.UTF8.GetString(content.ToArray());
    }
}
