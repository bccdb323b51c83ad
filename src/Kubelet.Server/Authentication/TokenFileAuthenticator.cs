using System.Security.Cryptography;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>
/// Knows one bearer token, kept in a file. The file is read for every request that brings a token: it is tiny, requests are few,
/// and a rotated or deleted token is void at once. A file that is missing, empty or unreadable lets nobody in.
/// </summary>
/// <param name="path">The file; white space around the token is ignored.</param>
public sealed class TokenFileAuthenticator(string path) : IAuthenticator
{
    private const int MaxTokenBytes = 64 << 10;

    private static readonly User TokenUser = new("vk-slurm:token-file");

    /// <inheritdoc/>
    public ValueTask<User?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken) => credentials.BearerToken is { } offered
        ? AuthenticationMetrics.CountAsync("token_file", CompareAsync(offered))
        : new((User?)null);

    private async ValueTask<User?> CompareAsync(string offered) => Read() is { Length: > 0 } expected && SameText(offered, expected) ? TokenUser : null;

    // The digests make the comparison independent of the lengths, too.
    private static bool SameText(string one, string other) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));

    // Not asynchronously: that is a change of threads, which costs a multiple of reading what is in memory anyway.
    private string Read()
    {
        var length = new FileInfo(path).Length;
        return length <= MaxTokenBytes
            ? File.ReadAllText(path).Trim()
            : throw new InvalidDataException($"{path} is {length} bytes long; a token file holds one token");
    }
}
