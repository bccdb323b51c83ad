using System.Buffers.Binary;
using System.Text;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>The preset dictionary of SPDY/3 header compression: draft 3, section 2.6.10.1 "Compression". SPDY/2 has another.</summary>
internal static class SpdyDictionary
{
    /// <summary>What a zlib header names the dictionary by (DICTID of RFC 1950).</summary>
    public const uint Adler32 = 0xE3C6A7C2;

    private const string Words =
        "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|accept-language|accept-ranges|age|allow|authorization|"
        + "cache-control|connection|content-base|content-encoding|content-language|content-length|content-location|content-md5|content-range|"
        + "content-type|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|"
        + "location|max-forwards|pragma|proxy-authenticate|proxy-authorization|range|referer|retry-after|server|te|trailer|transfer-encoding|"
        + "upgrade|user-agent|vary|via|warning|www-authenticate|method|get|status|200 OK|version|HTTP/1.1|url|public|set-cookie|keep-alive|origin";

    private const string Text =
        "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content"
        + "301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented"
        + "503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
        + "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,public"
        + "privatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

    /// <summary>1423 bytes: each word behind its length, then the text.</summary>
    public static ReadOnlyMemory<byte> Bytes { get; } = Build();

    private static byte[] Build()
    {
        var bytes = new List<byte>();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var word in Words.Split('|'))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, word.Length);
            bytes.AddRange(length);
            bytes.AddRange(Encoding.ASCII.GetBytes(word));
        }

        bytes.AddRange(Encoding.ASCII.GetBytes(Text));
        return [.. bytes];
    }
}
