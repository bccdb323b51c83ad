namespace VirtualKubelet.Shim.State;

/// <summary>A kubelet's words for <c>terminated.reason</c>.</summary>
internal static class TerminatedReasons
{
    public const string Completed = "Completed";
    public const string Error = "Error";
    public const string OomKilled = "OOMKilled";
    public const string StartError = "StartError";
}
