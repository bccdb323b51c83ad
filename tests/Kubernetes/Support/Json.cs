namespace VirtualKubelet.Kubernetes.Tests.Support;

/// <summary>Small objects as JSON.</summary>
internal static class Json
{
    public static string Pod(string name, string node = "virtual-0", string inNamespace = "default") =>
        $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"{{{inNamespace}}}","labels":{"app":"{{{name}}}"},"managedFields":[{"manager":"x"}]},
         "spec":{"nodeName":"{{{node}}}","containers":[{"name":"main","image":"busybox"}],"tolerations":[{"operator":"Exists"}]},
         "status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"True"}]}}
        """;

    public static string ConfigMap(string name, string value = "v") =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"data":{"key":"{{{value}}}"}}""";
}
