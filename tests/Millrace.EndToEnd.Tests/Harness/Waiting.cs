using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>Waits for conditions. What does not come true in time fails the test and shows what was seen last.</summary>
internal static class Waiting
{
    /// <summary>For anything that a healthy machine does within a second or two; slow builds share the machine.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks again and again until the answer satisfies, and returns it.</summary>
    public static async Task<T> UntilAsync<T>(
        Func<Task<T>> ask,
        Predicate<T> satisfies,
        Func<T, string> show,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(satisfies))] string condition = "")
    {
        Stopwatch watch = Stopwatch.StartNew();
        using PeriodicTimer timer = new(Interval);
        while (true)
        {
            T answer = await ask();
            if (satisfies(answer))
            {
                return answer;
            }
            if (watch.Elapsed > (deadline ?? Deadline))
            {
                throw new AssertionException(
                    $"Not within {(deadline ?? Deadline).TotalSeconds} s: {condition}\nSeen last: {show(answer)}");
            }
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until something is so.</summary>
    public static Task UntilAsync(Func<Task<bool>> ask, string condition, TimeSpan? deadline = null) =>
        UntilAsync(ask, answer => answer, answer => $"{answer}", deadline, condition);

    /// <summary>Fails the test when a task does not end in time.</summary>
    public static Task Within(this Task task, TimeSpan? deadline = null) => task.WaitAsync(deadline ?? Deadline);

    /// <summary>Fails the test when a task does not end in time.</summary>
    public static Task<T> Within<T>(this Task<T> task, TimeSpan? deadline = null) => task.WaitAsync(deadline ?? Deadline);
}
