namespace VirtualKubelet.EndToEnd.Clusters;

/// <summary>A cluster that forgets jobs as soon as they have ended, while its accounting remembers them.</summary>
public sealed class AccountingCluster() : SlurmCluster(minJobAge: 2, accounting: true);
