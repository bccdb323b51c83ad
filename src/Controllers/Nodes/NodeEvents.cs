using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Events about the node, in a kubelet's words where it has some.</summary>
internal sealed class NodeEvents(IEventRecorder recorder, string nodeName)
{
    // kubectl describe asks for events whose UID is the Node's or its name; the name alone is known before the Node is.
    private readonly ObjectReference _node = new() { ApiVersion = "v1", Kind = "Node", Name = nodeName, Uid = nodeName };

    public void Starting() => Normal("Starting", "Starting kubelet.");

    public void Recreated() => Warning("NodeRecreated", $"Node {nodeName} was deleted and has been registered again");

    public void Refused(string what, string error) => Warning("NodeChangeRefused", $"The {what} of Node {nodeName} stay as they are: {error}");

    /// <summary>Tells of cordoning and the end of it.</summary>
    public void Scheduling(Node? before, Node now)
    {
        var isCordoned = now.Spec.Unschedulable == true;
        if (before is not null && (before.Spec.Unschedulable == true) != isCordoned)
        {
            StatusIs(isCordoned ? "NodeNotSchedulable" : "NodeSchedulable");
        }
    }

    /// <summary>Tells of each condition whose status changed.</summary>
    public void Transitions(IReadOnlyList<NodeCondition>? before, IReadOnlyList<NodeCondition> now)
    {
        foreach (var condition in now)
        {
            var last = before?.FirstOrDefault(c => c.Type == condition.Type);
            if (last?.Status != condition.Status)
            {
                Transition(condition, isNew: last is null);
            }
        }
    }

    private void Transition(NodeCondition condition, bool isNew)
    {
        var holds = condition.Status == "True";
        switch (condition.Type)
        {
            case NodeConditions.Ready:
                StatusIs(holds ? "NodeReady" : "NodeNotReady");
                break;
            case "MemoryPressure":
                StatusIs(holds ? "NodeHasInsufficientMemory" : "NodeHasSufficientMemory");
                break;
            case "DiskPressure":
                StatusIs(holds ? "NodeHasDiskPressure" : "NodeHasNoDiskPressure");
                break;
            case "PIDPressure":
                StatusIs(holds ? "NodeHasInsufficientPID" : "NodeHasSufficientPID");
                break;
            case var _ when holds && isNew:
                // A backend that is well from the beginning is no news.
                break;
            default:
                recorder.Record(_node, holds ? EventSeverity.Normal : EventSeverity.Warning, condition.Reason ?? condition.Type, condition.Message ?? "");
                break;
        }
    }

    private void StatusIs(string reason) => Normal(reason, $"Node {nodeName} status is now: {reason}");

    private void Normal(string reason, string message) => recorder.Record(_node, EventSeverity.Normal, reason, message);

    private void Warning(string reason, string message) => recorder.Record(_node, EventSeverity.Warning, reason, message);
}
