namespace VirtualKubelet.Providers;

/// <summary>An error with a kind; the message names what failed, in the backend's own words, and the way out.</summary>
public sealed class ProviderException : Exception
{
    /// <summary>Makes an error.</summary>
    public ProviderException(ProviderErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
    }

    /// <summary>What went wrong.</summary>
    public ProviderErrorKind Kind { get; }
}
