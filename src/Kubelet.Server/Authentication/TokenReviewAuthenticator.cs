using System.Security.Cryptography;
using System.Text;
using VirtualKubelet.Kubelet.Server.Reviews;
using VirtualKubelet.Kubernetes.Authentication;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>Asks the API server whose bearer token it is, and believes what it said for two minutes, a refusal too.</summary>
internal sealed class TokenReviewAuthenticator(ReviewOptions options, TimeProvider time) : IAuthenticator
{
    private const int MaxTokenCharacters = 64 << 10;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    // Secret, so that nobody can prepare two tokens with the same digest, and of this process, so that digests in a dump fit nothing else.
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly SharedReviews<User?> _reviews = new("token", options, time);

    /// <inheritdoc/>
    /// <exception cref="ApiException">The API server could not be asked.</exception>
    public ValueTask<User?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken) => credentials.BearerToken switch
    {
        null => new((User?)null),
        { Length: > MaxTokenCharacters } => AuthenticationMetrics.CountAsync("token_review", new((User?)null)),
        var token => AuthenticationMetrics.CountAsync(
            "token_review", new(_reviews.AskAsync(Digest(token), waiting => ReviewAsync(token, waiting), cancellationToken))),
    };

    private string Digest(string token) => Convert.ToHexString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(token)));

    private async Task<Reviewed<User?>> ReviewAsync(string token, CancellationToken cancellationToken)
    {
        // No audiences: the token must be meant for the API server, as with a kubelet.
        var question = new TokenReview { Spec = new TokenReviewSpec { Token = token } };
        var review = await options.TokenClient.CreateAsync(ApiResources.TokenReviews, question, cancellationToken);
        var status = review.Status ?? throw new ApiException(ApiErrorKind.Garbled, "the API server's TokenReview has no status");
        var user = status is { Authenticated: true, User: { Username.Length: > 0 } info } ? UserOf(info) : null;
        return new(user, user is not null, Lifetime);
    }

    private static User UserOf(UserInfo info)
    {
        var user = new User(info.Username!) { Uid = info.Uid, Groups = info.Groups ?? [] };
        return info.Extra is null ? user : user with { Extra = info.Extra };
    }
}
