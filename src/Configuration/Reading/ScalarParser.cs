namespace VirtualKubelet.Configuration.Reading;

/// <summary>Takes a text apart; returns null and a value, or what is wrong and what to write instead.</summary>
internal delegate string? ScalarParser<T>(string text, out T? value);
