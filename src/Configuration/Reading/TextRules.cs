namespace VirtualKubelet.Configuration.Reading;

/// <summary>What names and texts must look like.</summary>
internal static class TextRules
{
    private const string Subdomain = @"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*";
    private const string LabelName = @"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    private const string Prefix = @"(?=[^/]{1,253}/)" + Subdomain + "/";

    // No pair of surrogates can be told from half a pair by an ECMAScript pattern, and no such text needs either.
    private const string Unprintable = @"\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff";

    /// <summary>A node's name (apimachinery <c>IsDNS1123Subdomain</c>).</summary>
    public static TextRule NodeName { get; } =
        new(Subdomain, 253, "is not a node name; use lower case letters, digits, \"-\" and \".\", with a letter or digit at both ends, for example slurm-cpu");

    /// <summary>The key of a label or taint (apimachinery <c>IsQualifiedName</c>).</summary>
    public static TextRule QualifiedName { get; } =
        new($"(?:{Prefix})?{LabelName}", 317, "is not a label key; write name or domain/name, the name with at most 63 letters, digits, \"-\", \"_\" and \".\", for example example.com/site");

    /// <summary>The value of a label or taint (apimachinery <c>IsValidLabelValue</c>).</summary>
    public static TextRule LabelValue { get; } =
        new($"(?:{LabelName})?", 63, "is not a label value; use at most 63 letters, digits, \"-\", \"_\" and \".\", with a letter or digit at both ends");

    /// <summary>A resource that Kubernetes itself does not know (apimachinery <c>IsExtendedResourceName</c>).</summary>
    public static TextRule ExtendedResource { get; } =
        new(@"(?!requests\.)(?!(?:[^/]*\.)?kubernetes\.io/)" + Prefix + LabelName, 317, "is not the name of an extended resource; write for example nvidia.com/gpu");

    /// <summary>A gres without a count.</summary>
    public static TextRule Gres { get; } =
        new(@"[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?", 128, "is not a gres; write a name or name:type without a count, for example gpu or gpu:a100");

    /// <summary>A value of an sbatch option: characters that need no quotes in a batch script, where sbatch has rules of its own for quotes.</summary>
    public static TextRule SlurmValue { get; } =
        new(@"[-A-Za-z0-9_./:=,@+%*&|()\[\]]+", 256, "is not a value for sbatch; use letters, digits and _-./:=,@+%*&|()[], without spaces, quotes or line breaks");

    /// <summary>A file or directory, spelled in only one way so that two of them can be compared.</summary>
    public static TextRule AbsolutePath { get; } =
        new($@"(?:/(?!\.{{1,2}}(?:/|$))[^/{Unprintable}]+)+", 1024, "is not an absolute path; write it from the first \"/\" on, on one line, without \".\", \"..\", \"//\" or a \"/\" at the end");

    /// <summary>A directory that stands in every batch script as part of <c>--output</c>, where sbatch gives "%" a meaning and leaves no way to quote.</summary>
    public static TextRule WorkDirectory { get; } =
        new(@"(?:/(?!\.{1,2}(?:/|$))[-A-Za-z0-9_.:=,@+]+)+", 512, "is not a work directory; write an absolute path of letters, digits and -_.:=,@+, without \".\", \"..\", \"//\" or a \"/\" at the end");

    /// <summary>A long option of sbatch.</summary>
    public static TextRule Flag { get; } =
        new("--[a-z][a-z0-9-]*[a-z0-9]", 64, "is not a flag of sbatch; write its long form without a value, for example --exclusive");
}
