using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Testing.ApiServer.Scripting;

/// <summary>Something that goes wrong with certain requests.</summary>
/// <param name="When">Which requests.</param>
/// <param name="Times">How many of them.</param>
/// <param name="Act">What happens; the second argument is what would have happened.</param>
internal sealed record Fault(Func<RecordedRequest, bool> When, int Times, Func<HttpContext, Func<Task>, Task> Act);
