namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>Who makes a request, in the terms of authentication.k8s.io <c>UserInfo</c>.</summary>
/// <param name="Name">The user's name.</param>
public sealed record User(string Name)
{
    /// <summary>The group of everybody who was authenticated.</summary>
    public const string AuthenticatedGroup = "system:authenticated";

    /// <summary>Identity beyond the name; absent when the authenticator knows none.</summary>
    public string? Uid { get; init; }

    /// <summary>Groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What else the authenticator says, for the authorizer.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The same user as a member of <see cref="AuthenticatedGroup"/>.</summary>
    internal User AsAuthenticated() => Groups.Contains(AuthenticatedGroup) ? this : this with { Groups = [.. Groups, AuthenticatedGroup] };
}
