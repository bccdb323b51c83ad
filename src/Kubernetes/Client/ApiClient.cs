using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VirtualKubelet.Kubernetes.Authentication;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>
/// Requests to an API server. Every failure is an <see cref="ApiException"/>, except a cancellation by the caller. Requests that do no harm
/// when repeated are repeated when the server is overloaded or failed; all others, and whatever got no answer, are the caller's to decide.
/// Safe for concurrent use. Several clients with different limits may share a connection.
/// </summary>
public sealed class ApiClient
{
    private static readonly StreamPipeReaderOptions WatchBuffers = new(bufferSize: 32 * 1024, minimumReadSize: 4 * 1024);

    private static readonly ApiPath ServiceAccounts = new("v1", "serviceaccounts", isNamespaced: true);

    private readonly ApiClientOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestSender _sender;

    /// <summary>A client with its own rate limit on a shared connection, which outlives it.</summary>
    public ApiClient(ApiConnection connection, ApiClientOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _sender = new RequestSender(connection, options, time);
    }

    /// <summary>Reads an object as it is now.</summary>
    public Task<T> GetAsync<T>(ApiResource<T> resource, ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        SendAsync(new ApiRequest(HttpMethod.Get, "get", resource.Plural, resource.Path.Object(key), true), resource.ObjectJson, cancellationToken);

    /// <summary>Reads a list, or one chunk of it.</summary>
    public Task<ApiList<T>> ListAsync<T>(ApiResource<T> resource, string? inNamespace, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        SendAsync(
            new ApiRequest(HttpMethod.Get, "list", resource.Plural, resource.Path.Collection(inNamespace) + options.Query(), true),
            resource.ListJson,
            cancellationToken);

    /// <summary>
    /// Reads a whole list, chunk by chunk, all of it at one version. When the server forgets that version half-way, the list is read anew
    /// in one piece: a list put together from two versions could miss objects that were there all the time.
    /// </summary>
    public async Task<ApiList<T>> ListAllAsync<T>(ApiResource<T> resource, string? inNamespace, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var chunk = await ListAsync(resource, inNamespace, options with { Limit = _options.PageSize, Continue = null }, cancellationToken);
        var items = new List<T>(chunk.Items);
        while (chunk.Metadata.Continue is { Length: > 0 } next)
        {
            try
            {
                chunk = await ListAsync(resource, inNamespace, options with { Limit = _options.PageSize, Continue = next }, cancellationToken);
            }
            catch (ApiException e) when (e.Kind == ApiErrorKind.Gone)
            {
                return await ListAsync(resource, inNamespace, options with { Limit = null, Continue = null }, cancellationToken);
            }

            items.AddRange(chunk.Items);
        }

        return chunk with { Items = items };
    }

    /// <summary>Creates an object, or asks a question that is put as one.</summary>
    /// <returns>The object as stored, or the answer.</returns>
    public Task<T> CreateAsync<T>(ApiResource<T> resource, T created, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        SendAsync(
            new ApiRequest(HttpMethod.Post, "create", resource.Plural, resource.Path.Collection(created.Metadata.Namespace), false)
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(created, resource.ObjectJson),
            },
            resource.ObjectJson,
            cancellationToken);

    /// <summary>Puts an object in the place of the stored one; refused as a conflict if that is not of the version given in the object.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="updated">The object.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <param name="subresource">Such as <c>status</c>; absent is the object without its status.</param>
    public Task<T> UpdateAsync<T>(ApiResource<T> resource, T updated, CancellationToken cancellationToken, string? subresource = null)
        where T : class, IKubernetesObject =>
        SendAsync(
            new ApiRequest(HttpMethod.Put, "update", Name(resource, subresource), resource.Path.Object(ObjectKey.Of(updated), subresource), true)
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(updated, resource.ObjectJson),
            },
            resource.ObjectJson,
            cancellationToken);

    /// <summary>Changes an object. JSON patches are not repeated: an operation may do harm the second time.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="key">The object.</param>
    /// <param name="patch">The change.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <param name="subresource">Such as <c>status</c>; absent is the object without its status.</param>
    public Task<T> PatchAsync<T>(ApiResource<T> resource, ObjectKey key, Patch patch, CancellationToken cancellationToken, string? subresource = null)
        where T : class, IKubernetesObject =>
        SendAsync(
            new ApiRequest(HttpMethod.Patch, "patch", Name(resource, subresource), resource.Path.Object(key, subresource), patch.Kind != PatchKind.Json)
            {
                Body = patch.Body,
                ContentType = patch.ContentType,
            },
            resource.ObjectJson,
            cancellationToken);

    /// <summary>Deletes an object, or begins its graceful deletion. What is gone already is an error of the kind <see cref="ApiErrorKind.NotFound"/>.</summary>
    public async Task DeleteAsync<T>(ApiResource<T> resource, ObjectKey key, DeleteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        // Without a uid, a repetition might meet a namesake created since.
        var request = new ApiRequest(HttpMethod.Delete, "delete", resource.Plural, resource.Path.Object(key), options.Preconditions?.Uid is not null)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(options, KubernetesJson.Api.DeleteOptions),
        };
        using var deadline = new RequestDeadline(_options.RequestTimeout, _time, cancellationToken);
        using var answer = await _sender.SendAsync(request, deadline);
    }

    /// <summary>Asks for a token of a service account.</summary>
    public Task<TokenRequest> RequestTokenAsync(ObjectKey serviceAccount, TokenRequest request, CancellationToken cancellationToken) =>
        SendAsync(
            new ApiRequest(HttpMethod.Post, "create", "serviceaccounts/token", ServiceAccounts.Object(serviceAccount, "token"), false)
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(request, KubernetesJson.Api.TokenRequest),
            },
            KubernetesJson.Api.TokenRequest,
            cancellationToken);

    /// <summary>Asks the server for its version, which everybody may.</summary>
    public Task<ServerVersion> GetServerVersionAsync(CancellationToken cancellationToken) =>
        SendAsync(new ApiRequest(HttpMethod.Get, "get", "version", "version", true), KubernetesJson.Api.ServerVersion, cancellationToken);

    /// <summary>
    /// Watches objects until the server ends the watch, which it does in good order every few minutes: the sequence then ends, too, and the
    /// caller begins the next one after the last version it was told. A watch that breaks, or that the server ends with an error, throws.
    /// </summary>
    /// <remarks>There is no bound on the time between two events; see <c>Controllers/Informers</c> for one.</remarks>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ApiResource<T> resource, string? inNamespace, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Get, "watch", resource.Plural, resource.Path.Collection(inNamespace) + options.Query(), true);
        using var answer = await BeginWatchAsync(request, cancellationToken);
        options.Began?.Invoke();
        var pipe = PipeReader.Create(await answer.Response.Content.ReadAsStreamAsync(cancellationToken), WatchBuffers);
        try
        {
            var lines = new WatchLines(pipe, _options.MaxWatchEventBytes);
            while (await NextAsync(lines, request, resource.ObjectJson, cancellationToken) is { } next)
            {
                yield return next;
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private async Task<ApiAnswer> BeginWatchAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var deadline = new RequestDeadline(_options.RequestTimeout, _time, cancellationToken);
        return await _sender.SendAsync(request, deadline);
    }

    private async ValueTask<WatchEvent<T>?> NextAsync<T>(WatchLines lines, ApiRequest request, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            return await lines.ReadAsync(cancellationToken) is { } line ? WatchLine.Parse(line, json, request) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw Garbled(request, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _sender.Unreachable(request, e);
        }
    }

    private async Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        using var deadline = new RequestDeadline(_options.RequestTimeout, _time, cancellationToken);
        using var answer = await _sender.SendAsync(request, deadline);
        try
        {
            await using var stream = await answer.Response.Content.ReadAsStreamAsync(deadline.Token);
            return await JsonSerializer.DeserializeAsync(new BoundedStream(stream, _options.MaxResponseBytes), json, deadline.Token)
                ?? throw new JsonException("the answer is null");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw Garbled(request, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _sender.Unreachable(request, e);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw _sender.TimedOut(request);
        }
    }

    private static ApiException Garbled(ApiRequest request, Exception cause) =>
        new(ApiErrorKind.Garbled, $"{request}: this is not what an API server answers: {cause.Message}", cause);

    private static string Name<T>(ApiResource<T> resource, string? subresource)
        where T : class, IKubernetesObject => subresource is null ? resource.Plural : $"{resource.Plural}/{subresource}";
}
