using System.Text.Json;

namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>One change in the history of the store.</summary>
/// <param name="Version">The version it made.</param>
/// <param name="Type">The resource.</param>
/// <param name="Before">The object before; null when it was created.</param>
/// <param name="After">The object after; null when it was deleted.</param>
/// <param name="Deleted">The last state of a deleted object, under the version of its deletion.</param>
public sealed record StoredChange(long Version, ResourceType Type, JsonElement? Before, JsonElement? After, JsonElement? Deleted);
