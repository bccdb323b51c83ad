namespace VirtualKubelet.Logs.Tests.Support;

/// <summary>CRI records with a fixed time.</summary>
internal static class Lines
{
    public const string Time = "2026-01-02T03:04:05.123456789Z";

    public static string Stdout(string content, string tag = "F") => $"{Time} stdout {tag} {content}\n";

    public static string Stderr(string content, string tag = "F") => $"{Time} stderr {tag} {content}\n";
}
