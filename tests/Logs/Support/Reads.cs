namespace VirtualKubelet.Logs.Tests.Support;

internal static class Reads
{
    /// <summary>The whole answer to a read without follow.</summary>
    public static async Task<byte[]> ReadAsync(LogStreamer streamer, ILogSource source, LogSelection selection)
    {
        await using var client = new Client();
        await streamer.ReadAsync(source, selection, client.Output, CancellationToken.None);
        await client.ClosedAsync();
        return client.Bytes;
    }
}
