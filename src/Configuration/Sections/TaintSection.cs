using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary>An item of <c>spec.taints</c>.</summary>
internal static class TaintSection
{
    public static Section<NodeTaint> Instance { get; } = new Section<NodeTaint>(new NodeTaint { Key = "", Effect = TaintEffect.NoSchedule })
        .Required("key", Scalars.Text(TextRules.QualifiedName), (t, v) => t with { Key = v },
            "Key of the taint, such as virtual-kubelet.io/provider.")
        .Key("value", Scalars.Text(TextRules.LabelValue), t => t.Value, (t, v) => t with { Value = v },
            "Value of the taint.")
        .Required("effect", Scalars.Enumeration<TaintEffect>(), (t, v) => t with { Effect = v },
            "What happens to pods that do not tolerate the taint.");
}
