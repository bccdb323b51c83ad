namespace VirtualKubelet.EndToEnd.Clusters;

/// <summary>A cluster without accounting that forgets jobs as soon as they have ended.</summary>
public sealed class ForgetfulCluster() : SlurmCluster(minJobAge: 2, accounting: false);
