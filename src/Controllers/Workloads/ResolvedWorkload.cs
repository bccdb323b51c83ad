using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>A pod with everything resolved, or the reasons why that is impossible.</summary>
/// <param name="Workload">The workload; null when there are errors.</param>
/// <param name="Errors">What cannot be resolved.</param>
internal sealed record ResolvedWorkload(Workload? Workload, IReadOnlyList<FieldError> Errors);
