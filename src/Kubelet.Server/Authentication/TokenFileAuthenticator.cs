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
        ? AuthenticationMetrics.CountAsync("token_file", CompareAsync(offered, cancellationToken))
        : new((User?)null);

    private async ValueTask<User?> CompareAsync(string offered, CancellationToken cancellationToken)
    {
        var expected = await ReadAsync(cancellationToken);
        return expected.Length > 0 && SameText(offered, expected) ? TokenUser : null;
    }

    // The digests make the comparison independent of the lengths, too.
    private static bool SameText(string one, string other) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var length = new FileInfo(path).Length;
        return length <= MaxTokenBytes
            ? (await File.ReadAllTextAsync(path, cancellationToken)).Trim()
            : throw new InvalidDataException($"{path} is {length} bytes long; a token file holds one token");
    }
}
