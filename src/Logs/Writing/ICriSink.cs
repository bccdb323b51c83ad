namespace VirtualKubelet.Logs.Writing;

/// <summary>Takes the records of a <see cref="CriLogWriter"/>: a log file, or a buffer in a test.</summary>
public interface ICriSink
{
    /// <summary>Appends whole records. It must not throw for a full or broken disk: the writer goes on with the next batch.</summary>
    void Write(ReadOnlySpan<byte> records);
}
