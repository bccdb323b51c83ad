using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Host.Composition;

/// <summary>What there is for what pods write into their directories.</summary>
internal static class LocalStorage
{
    /// <summary>The size of the file system that holds a directory, or will; zero when that cannot be said.</summary>
    public static Quantity Of(string directory)
    {
        try
        {
            var existing = directory;
            while (!Directory.Exists(existing))
            {
                existing = Path.GetDirectoryName(existing)!;
            }

            return new Quantity(new DriveInfo(existing).TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Quantity.Zero;
        }
    }
}
