using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Logs.Following;

namespace VirtualKubelet.Logs.Tests.Following;

public class HotTailProperties
{
    [Fact]
    public void What_is_held_is_what_was_appended_and_what_must_be_kept_is_held()
    {
        var pieces = Gen.Choose(1, 5000).SelectMany(length => Gen.Choose(0, 20_000).Select(lag => (length, lag))).NonEmptyListOf();

        Prop.ForAll(pieces.ToArbitrary(), steps =>
        {
            var tail = new HotTail(16 * 1024);
            tail.Reset(1000);
            var model = new List<byte>();
            foreach (var (length, lag) in steps)
            {
                var bytes = Enumerable.Range(model.Count, length).Select(i => (byte)(i * 31 >> 3)).ToArray();
                var keep = Math.Min(Math.Min(lag, model.Count), tail.MaxBytes - length);
                var wasHeld = tail.TryCopy(1000 + model.Count - keep, new byte[keep]);
                tail.Append(bytes, 1000 + model.Count - keep);
                model.AddRange(bytes);

                var copy = new byte[keep + length];
                var isHeld = tail.TryCopy(1000 + model.Count - copy.Length, copy);
                Assert.True(isHeld || !wasHeld);
                Assert.True(!isHeld || copy.AsSpan().SequenceEqual(model.TakeLast(copy.Length).ToArray()));
                Assert.InRange(tail.Capacity, 0, tail.MaxBytes);
                Assert.False(tail.TryCopy(1000 + model.Count, new byte[1]));
            }

            tail.Release();
            Assert.Equal(0, tail.Capacity);
        }).QuickCheckThrowOnFailure();
    }
}
