namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>Where an object is stored.</summary>
public sealed record StoreKey(ResourceType Type, string Namespace, string Name)
{
    public override string ToString() => $"{Type.Plural} \"{Name}\"";
}
