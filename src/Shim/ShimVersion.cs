using System.Reflection;

namespace VirtualKubelet.Shim;

/// <summary>The release this binary belongs to.</summary>
internal static class ShimVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(ShimVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
