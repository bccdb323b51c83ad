namespace VirtualKubelet.Kubelet.Server.Reviews;

/// <summary>What a review found.</summary>
/// <typeparam name="TAnswer">The answer.</typeparam>
/// <param name="Answer">The answer.</param>
/// <param name="IsPositive">Whether it lets somebody pass.</param>
/// <param name="Lifetime">How long it holds.</param>
internal readonly record struct Reviewed<TAnswer>(TAnswer Answer, bool IsPositive, TimeSpan Lifetime);
