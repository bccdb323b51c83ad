using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Raw;

/// <summary>Bare Kestrel over TLS, in a process of its own, serving one file as it is: the rate that the agent's logs are held against.</summary>
internal sealed class PlainServer : IAsyncDisposable
{
    private const int BlockBytes = 128 * 1024;
    private const string CommandName = "serve-plain";

    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private PlainServer(Process process, Uri server)
    {
        (_process, Server) = (process, server);
    }

    /// <summary>Where it serves: <c>sendfile</c> and <c>writer</c>, the two ways in which one would write it.</summary>
    public Uri Server { get; }

    /// <summary>The process.</summary>
    public int Pid => _process.Id;

    /// <summary>Starts a server with the agent's certificate.</summary>
    public static async Task<PlainServer> StartAsync(string file, string stateDirectory, CancellationToken cancellationToken)
    {
        var process = Process.Start(CommandLineTool.StartInfo(
            Environment.ProcessPath!, [CommandName, file, Path.Combine(stateDirectory, "tls.crt"), Path.Combine(stateDirectory, "tls.key")], null))!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(ReadyTimeout, cancellationToken);
        return Uri.TryCreate(line, UriKind.Absolute, out var server)
            ? new PlainServer(process, server)
            : throw new BenchmarkException($"the plain server did not start: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The hidden command that is the server.</summary>
    public static Command CreateCommand()
    {
        var file = new Argument<string>("FILE");
        var certificate = new Argument<string>("CERT");
        var key = new Argument<string>("KEY");
        var command = new Command(CommandName) { file, certificate, key };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) =>
            ServeAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(certificate), parsed.GetRequiredValue(key), cancellationToken));
        return command;
    }

    private static async Task ServeAsync(string file, string certificate, string key, CancellationToken cancellationToken)
    {
        using var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(pair)));
        await using var application = builder.Build();
        application.Run(context => context.Request.Path == "/sendfile" ? SendAsync(context, file) : WriteAsync(context, file));
        await application.StartAsync(cancellationToken);
        Console.WriteLine(application.Urls.Single());
        await application.WaitForShutdownAsync(cancellationToken);
    }

    private static Task SendAsync(HttpContext context, string file)
    {
        context.Response.ContentLength = new FileInfo(file).Length;
        return context.Response.SendFileAsync(file, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        var output = context.Response.BodyWriter;
        int read;
        while ((read = await stream.ReadAsync(output.GetMemory(BlockBytes), context.RequestAborted)) > 0)
        {
            output.Advance(read);
            await output.FlushAsync(context.RequestAborted);
        }
    }
}
