namespace VirtualKubelet.Configuration.Yaml;

/// <summary>The types of YAML 1.2's core schema (<see href="https://yaml.org/spec/1.2.2/#103-core-schema"/>).</summary>
internal enum ScalarKind
{
    Null,
    Boolean,
    Number,
    Text,
}
