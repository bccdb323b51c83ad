using System.Globalization;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Events;

/// <summary>Makes events of notes and remembers them, so that a repeat raises the count of the event there is (client-go's correlator).</summary>
internal sealed class EventLedger(EventOptions options)
{
    // A name has at most 253 characters, a long in hexadecimal 16.
    private const int MaxNameLength = 253 - 17;
    private const int MaxReasonLength = 128;
    private const int MaxMessageLength = 1024;

    private readonly RecentlyUsed<(EventSubject, string?, EventSeverity, string, string), Event> _known = new(options.MaxRemembered);
    private long _lastNumber;

    /// <summary>The event that a note makes or repeats; of a repeat the count is above one.</summary>
    public Event Enter(EventNote note)
    {
        var entered = _known.TryGet(note.Key, out var known)
            ? known with { Count = known.Count + 1, LastTimestamp = note.At }
            : Create(note);
        _known.Set(note.Key, entered);
        return entered;
    }

    private Event Create(EventNote note) => new()
    {
        Metadata = new()
        {
            Name = $"{Shorten(note.About.Name ?? "", MaxNameLength).TrimEnd('.', '-')}.{NextNumber(note.At).ToString("x", CultureInfo.InvariantCulture)}",
            Namespace = string.IsNullOrEmpty(note.About.Namespace) ? "default" : note.About.Namespace,
        },
        InvolvedObject = note.About,
        Type = note.Severity.ToString(),
        Reason = Shorten(note.Reason, MaxReasonLength),
        Message = Shorten(note.Message, MaxMessageLength),
        Source = new() { Component = options.Component, Host = options.NodeName },
        ReportingComponent = options.Component,
        ReportingInstance = options.NodeName,
        FirstTimestamp = note.At,
        LastTimestamp = note.At,
        Count = 1,
    };

    // Nanoseconds since 1970, as client-go has it; never twice the same, or the second event would be refused.
    private long NextNumber(DateTimeOffset at) => _lastNumber = Math.Max(_lastNumber + 1, (at - DateTimeOffset.UnixEpoch).Ticks * 100);

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..length];
}
