namespace VirtualKubelet.Controllers.Validation;

/// <summary>Collects what is wrong with a pod, so that all of it is told at once; bounded, for a message has to be read.</summary>
internal sealed class FieldErrors
{
    private const int MaxErrors = 100;

    private readonly List<FieldError> _errors = [];

    /// <summary>What was found.</summary>
    public IReadOnlyList<FieldError> All => _errors;

    /// <summary>Notes an error; null is none.</summary>
    public void Add(FieldPath path, string? message)
    {
        if (message is not null && _errors.Count < MaxErrors)
        {
            _errors.Add(new FieldError(path.Text, message));
        }
    }

    /// <summary>Applies a rule to a field that has to be there.</summary>
    public void Require(FieldPath path, string? value, Func<string, string?> rule) =>
        Add(path, string.IsNullOrEmpty(value) ? "is missing" : rule(value));

    /// <summary>Applies a rule to a field that may be absent.</summary>
    public void Check(FieldPath path, string? value, Func<string, string?> rule)
    {
        if (value is not null)
        {
            Add(path, rule(value));
        }
    }

    /// <summary>The items of a list that are there; null items are errors.</summary>
    public IEnumerable<(FieldPath Path, T Item)> Items<T>(FieldPath list, IReadOnlyList<T>? items)
        where T : class
    {
        for (var i = 0; i < (items?.Count ?? 0); i++)
        {
            if (items![i] is { } item)
            {
                yield return (list.Item(i), item);
            }
            else
            {
                Add(list.Item(i), "is null");
            }
        }
    }
}
