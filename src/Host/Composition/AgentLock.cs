namespace VirtualKubelet.Host.Composition;

/// <summary>
/// Keeps a second agent out of a node's state directory: two of them would answer for the same pods. The lock goes with the
/// process, however it ends.
/// </summary>
internal sealed class AgentLock : IDisposable
{
    private readonly FileStream _file;

    private AgentLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="IOException">Another agent holds it.</exception>
    public static AgentLock Take(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, "agent.lock");
        try
        {
            return new AgentLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new IOException($"another agent of this node is running (it holds {path}); stop it, or give this one a spec.stateDirectory and spec.workDirectory of its own", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
