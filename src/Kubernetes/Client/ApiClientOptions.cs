namespace VirtualKubelet.Kubernetes.Client;

/// <summary>What requests may cost in time, tries and bytes.</summary>
public sealed record ApiClientOptions
{
    /// <summary>Time for a request with all its tries, and for a watch to begin. The API server's own bound is 60 seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests per second in the long run; a kubelet's default.</summary>
    public double QueriesPerSecond { get; init; } = 50;

    /// <summary>Requests that may follow at once after a rest; a kubelet's default.</summary>
    public int Burst { get; init; } = 100;

    /// <summary>Tries after the first that a request gets if repeating it does no harm and the server is overloaded or failed; 0 for none.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>The longest wait before a try. A server that wants a longer one gets its refusal passed on.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Objects asked for at a time by <see cref="ApiClient.ListAllAsync"/>.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Bytes of an answer; a longer one is an error. An object has at most about 3 MiB.</summary>
    public long MaxResponseBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes of one event of a watch; a longer one is an error.</summary>
    public int MaxWatchEventBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>What the server is told who asks, such as <c>vk-slurm/0.1.0</c>.</summary>
    public string UserAgent { get; init; } = "vk-slurm/" + typeof(ApiClientOptions).Assembly.GetName().Version?.ToString(3);
}
