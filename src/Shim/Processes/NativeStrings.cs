using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Processes;

/// <summary>A null-terminated array of null-terminated strings outside the managed heap, as <c>exec</c> wants it.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** pointers;

    public NativeStrings(IReadOnlyList<byte[]> strings)
    {
        var table = checked((nuint)(strings.Count + 1) * (nuint)sizeof(byte*));
        var size = strings.Aggregate(table, (sum, s) => checked(sum + (nuint)s.Length + 1));
        pointers = (byte**)NativeMemory.Alloc(size);
        var next = (byte*)pointers + table;
        for (var i = 0; i < strings.Count; i++)
        {
            pointers[i] = next;
            strings[i].CopyTo(new Span<byte>(next, strings[i].Length));
            next[strings[i].Length] = 0;
            next += strings[i].Length + 1;
        }

        pointers[strings.Count] = null;
    }

    /// <summary>The array.</summary>
    public byte** Pointers => pointers;

    /// <summary>The first string, or null.</summary>
    public byte* First => pointers[0];

    public void Dispose() => NativeMemory.Free(pointers);
}
