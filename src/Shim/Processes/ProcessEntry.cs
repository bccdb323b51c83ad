namespace VirtualKubelet.Shim.Processes;

/// <summary>One line of <c>/proc/*/stat</c>.</summary>
/// <param name="Pid">Process ID.</param>
/// <param name="State">A letter, <c>Z</c> for a zombie.</param>
/// <param name="ParentPid">Process ID of the parent.</param>
/// <param name="Session">Session ID.</param>
internal readonly record struct ProcessEntry(int Pid, char State, int ParentPid, int Session)
{
    /// <summary>Parses a stat line; null when it is not one.</summary>
    public static ProcessEntry? Parse(int pid, string stat)
    {
        // The command name stands in parentheses and may itself hold blanks and parentheses.
        var afterName = stat.LastIndexOf(')');
        if (afterName < 0)
        {
            return null;
        }

        var fields = stat[(afterName + 1)..].Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 4 && int.TryParse(fields[1], out var parent) && int.TryParse(fields[3], out var session)
            ? new(pid, fields[0][0], parent, session)
            : null;
    }
}
