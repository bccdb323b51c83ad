namespace VirtualKubelet.Logs.Tests.Support;

internal static class ReadOutcome
{
    /// <summary>What was read, or null for a file of an unsupported format.</summary>
    public static byte[]? Of(Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
