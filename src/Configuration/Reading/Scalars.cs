using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>The kinds of single values that a node file knows.</summary>
internal static class Scalars
{
    private static readonly TextRule QuantityRule = new(
        @"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,2})?", 64, "is not a quantity; write for example 500m, 2 or 1.5Gi");

    /// <summary>For readers whose own words about a wrong number or boolean help more than a hint about quotes.</summary>
    private static readonly ScalarKind[] AnyKind = [ScalarKind.Text, ScalarKind.Number, ScalarKind.Boolean];

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static Reader<bool> Boolean { get; } = new Scalar<bool>(
        [ScalarKind.Boolean],
        (string text, out bool value) =>
        {
            value = text[0] is 't' or 'T';
            return null;
        },
        value => JsonValue.Create(value),
        () => new JsonObject { ["type"] = "boolean" });

    /// <summary>An IPv4 or IPv6 address.</summary>
    public static Reader<IPAddress> IpAddress { get; } = new Scalar<IPAddress>(
        AnyKind,
        ParseIpAddress,
        value => JsonValue.Create(value.ToString()),
        () => new JsonObject
        {
            ["type"] = "string",
            ["anyOf"] = new JsonArray(new JsonObject { ["format"] = "ipv4" }, new JsonObject { ["format"] = "ipv6" }),
        });

    public static Reader<string> Text(TextRule rule) => new Scalar<string>(
        [ScalarKind.Text],
        (string text, out string? value) =>
        {
            value = text;
            return rule.Check(text);
        },
        value => JsonValue.Create(value),
        rule.Schema);

    /// <summary>The one text that can stand here.</summary>
    public static Reader<string> Constant(string only) => OneOf([only]);

    /// <summary>The names of an enumeration, written as in the code.</summary>
    public static Reader<TEnum> Enumeration<TEnum>()
        where TEnum : struct, Enum
    {
        var names = OneOf(Enum.GetNames<TEnum>());
        return new Scalar<TEnum>(
            AnyKind,
            (string text, out TEnum value) =>
            {
                value = default;
                var problem = NotAmong(text, Enum.GetNames<TEnum>());
                value = problem is null ? Enum.Parse<TEnum>(text) : default;
                return problem;
            },
            value => JsonValue.Create(value.ToString()),
            names.Schema);
    }

    public static Reader<string> OneOf(IReadOnlyList<string> choices) => new Scalar<string>(
        [ScalarKind.Text],
        (string text, out string? value) =>
        {
            value = text;
            return NotAmong(text, choices);
        },
        value => JsonValue.Create(value),
        () => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. choices.Select(c => (JsonNode)c)]) });

    public static Reader<int> Integer(int min, int max) => new Scalar<int>(
        [ScalarKind.Number],
        (string text, out int value) =>
            // One spelling only: 010 is eight to YAML 1.1 and ten to YAML 1.2.
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max && (text[0] != '0' || text.Length == 1)
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{Words.Shorten(text)} is not a whole number from {min} to {max}"),
        value => JsonValue.Create(value),
        () => new JsonObject { ["type"] = "integer", ["minimum"] = min, ["maximum"] = max });

    /// <summary>A duration.</summary>
    public static Reader<TimeSpan> Duration(TimeSpan min, TimeSpan max, string examples) => new Scalar<TimeSpan>(
        AnyKind,
        (string text, out TimeSpan value) =>
            !DurationText.TryParse(text, out value) ? $"{Words.Quote(text)} is not a duration; write for example {examples}"
            : value < min ? $"{text} is less than {DurationText.Write(min)}"
            : value > max ? $"{text} is more than {DurationText.Write(max)}"
            : null,
        value => JsonValue.Create(DurationText.Write(value)),
        () => new JsonObject { ["type"] = "string", ["pattern"] = $"^{DurationText.Pattern}$", ["maxLength"] = DurationText.MaxLength });

    /// <summary>A quantity, as a text or a number.</summary>
    public static Reader<Quantity> Quantity(Quantity min, Quantity max) => new Scalar<Quantity>(
        AnyKind,
        (string text, out Quantity value) => ParseQuantity(text, min, max, out value),
        value => JsonValue.Create(value.ToString()),
        QuantitySchema);

    private static string? NotAmong(string text, IReadOnlyList<string> choices) =>
        choices.Contains(text) ? null : $"{Words.Quote(text)} is not allowed here; {Suggestion.For(text, choices)}";

    private static string? ParseIpAddress(string text, out IPAddress? value)
    {
        value = null;
        // The BCL also takes "1", octal parts, brackets and zones, which the schema and other readers of the file do not.
        var isAddress = !text.AsSpan().ContainsAnyExcept(AddressCharacters)
            && IPAddress.TryParse(text, out value)
            && (value.AddressFamily == AddressFamily.InterNetworkV6 || value.ToString() == text);
        return isAddress ? null : $"{Words.Quote(text)} is not an IP address; write for example 127.0.0.1, 0.0.0.0 or \"::\"";
    }

    private static string? ParseQuantity(string text, Quantity min, Quantity max, out Quantity value)
    {
        value = default;
        return QuantityRule.Check(text) is { } problem ? problem
            : !Kubernetes.Quantity.TryParse(text, out value) ? $"{Words.Quote(text)} is too large or too small for a quantity"
            : value < min ? $"{text} is less than {min}"
            : value > max ? $"{text} is more than {max}"
            : null;
    }

    private static JsonObject QuantitySchema()
    {
        var schema = QuantityRule.Schema();
        schema["type"] = new JsonArray("string", "number");
        return schema;
    }
}
