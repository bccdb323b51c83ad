using System.Text.Json;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.State;

/// <summary>Reads <c>pod.json</c> and refuses what the shim could not run safely.</summary>
internal static class PlanReader
{
    /// <summary>The plan of a pod directory.</summary>
    /// <exception cref="ShimException">It is missing, unreadable or unsafe: <see cref="ShimExitCodes.BadPlan"/>.</exception>
    public static PodPlan Read(PodDirectoryLayout layout)
    {
        var plan = Load(layout.PodFile) ?? throw Bad(layout, "there is no such file");
        var errors = PlanValidation.Errors(plan).Take(20).ToList();
        return errors.Count == 0 ? plan : throw Bad(layout, string.Join("; ", errors));

        PodPlan? Load(string path)
        {
            try
            {
                return PodFiles.Read(path, ShimJson.Files.PodPlan);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                throw Bad(layout, e.Message);
            }
        }
    }

    private static ShimException Bad(PodDirectoryLayout layout, string reason) => new(ShimExitCodes.BadPlan, $"{layout.PodFile}: {reason}");
}
