namespace VirtualKubelet.Logs;

/// <summary>The log of one run of one container.</summary>
public interface ILogSource
{
    /// <summary>Absolute path of the file being written; rotated siblings are named <c>PATH.*</c>.</summary>
    string Path { get; }

    /// <summary>Once true, nothing more will be written; asked at every poll, so it must be cheap and must not block.</summary>
    bool HasEnded { get; }
}
