namespace VirtualKubelet.Controllers.Validation;

/// <summary>What is wrong with one field of a pod.</summary>
/// <param name="Path">The field, such as <c>spec.containers[0].name</c>.</param>
/// <param name="Message">What is wrong with it and what would be right.</param>
internal sealed record FieldError(string Path, string Message)
{
    /// <summary><c>path: message</c>.</summary>
    public override string ToString() => $"{Path}: {Message}";
}
