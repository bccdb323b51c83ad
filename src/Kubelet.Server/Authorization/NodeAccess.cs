namespace VirtualKubelet.Kubelet.Server.Authorization;

/// <summary>What a request wants to do to the node, in the terms of a SubjectAccessReview on <c>nodes</c>.</summary>
/// <param name="Verb"><c>get</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>, or empty for other methods.</param>
/// <param name="Subresource">Such as <c>proxy</c>, <c>pods</c>, <c>metrics</c>, <c>log</c>, <c>healthz</c>.</param>
public sealed record NodeAccess(string Verb, string Subresource)
{
    /// <summary>The verb for an HTTP method (kubelet <c>pkg/kubelet/server/auth.go</c>).</summary>
    internal static string VerbOf(string method) => method switch
    {
        "POST" => "create",
        "GET" => "get",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "",
    };
}
