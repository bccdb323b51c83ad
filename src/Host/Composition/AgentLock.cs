namespace VirtualKubelet.Host.Composition;

/// <summary>
/// Keeps a second agent out of a node's state directory: two of them would answer for the same pods. The lock goes with the
/// process, however it ends.
/// </summary>
internal sealed class AgentLock : IDisposable
{
    // Linux: EAGAIN, of flock(2).
    private const int Locked = 11;

    private readonly FileStream _file;

    private AgentLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="BusyException">Another agent holds it.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static AgentLock Take(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, "agent.lock");
        try
        {
            return new AgentLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult == Locked)
        {
            throw new BusyException($"another agent of this node is running (it holds {path}); stop it, or give this one a spec.stateDirectory and spec.workDirectory of its own", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
