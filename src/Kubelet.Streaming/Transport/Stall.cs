using System.Runtime.CompilerServices;

namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>Waiting for the consumer of a full stream, during which the whole connection stands.</summary>
internal static class Stall
{
    /// <summary>Waits for room. Each time <paramref name="interval"/> has passed without, <paramref name="stalled"/> may do something about it and return true to wait no longer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask WaitAsync(
        ReceiveBuffer buffer, TimeSpan interval, TimeProvider time, Func<bool> stalled, CancellationToken cancellationToken)
    {
        while (buffer.IsFull)
        {
            try
            {
                await buffer.RoomAsync().WaitAsync(interval, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                if (stalled())
                {
                    return;
                }
            }
        }
    }
}
