namespace VirtualKubelet.Configuration.Tests;

public sealed class SchemaTests
{
    [Fact]
    public void The_schema_in_deploy_is_the_one_the_code_generates() =>
        RepositoryFiles.AssertRecorded(RepositoryFiles.Schema, NodeConfigurationSchema.Generate());

    [Theory]
    [InlineData("spec: {workDirectory: /work, slurm: {partitoin: x}}")]
    [InlineData("spec: {workDirectory: work}")]
    [InlineData("spec: {workDirectory: /work/../etc}")]
    [InlineData("spec: {workDirectory: /work, kubelet: {port: 65536}}")]
    [InlineData("spec: {workDirectory: /work, kubelet: {address: localhost}}")]
    [InlineData("spec: {workDirectory: /work, backend: slurm}")]
    [InlineData("spec: {workDirectory: /work, slurm: {pollInterval: 2}}")]
    [InlineData("spec: {workDirectory: /work, slurm: {partition: 2}}")]
    [InlineData("spec: {workDirectory: /work, slurm: {partition: \"a\\nb\"}}")]
    [InlineData("spec: {workDirectory: /work, slurm: {allowedFlags: [--output]}}")]
    [InlineData("spec: {workDirectory: /work, defaults: {cpu: two}}")]
    [InlineData("spec: {workDirectory: /work, extendedResources: {gpu: gpu}}")]
    [InlineData("spec: {workDirectory: /work, taints: [{key: a}]}")]
    [InlineData("spec: {}")]
    public void An_editor_sees_most_errors_by_the_schema_alone(string spec) =>
        Assert.NotEmpty(SchemaCheck.Errors($"apiVersion: {NodeConfiguration.ApiVersion}\nkind: VirtualNode\nmetadata: {{name: n}}\n{spec}\n"));
}
