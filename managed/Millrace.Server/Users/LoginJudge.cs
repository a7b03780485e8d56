using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Millrace.Rooms;
using Millrace.Signaling.Core;

namespace Millrace.Server.Users;

/// <summary>
/// Judges logins. An unknown user costs the same time as a wrong password; wrong ones are slowed down per address; hashing
/// is bounded; a login that was right once is remembered as an HMAC, so that thousands who reconnect cost no hashing.
/// </summary>
internal sealed class LoginJudge(UserStore users, GuestTokens guests, TimeProvider time, int waitingAtMost = LoginJudge.HashesWaiting) : IDisposable
{
    /// <summary>The user name under which guest tokens travel.</summary>
    public const string GuestName = "guest";

    private const int FailuresPerMinute = 5;
    private const int HashesAtOnce = 1;
    private const int HashesWaiting = 64;
    private const int LongestPassword = 1024;
    private const int AddressesRemembered = 10_000;

    // Verified when no such user exists, so that the answer takes as long as for one that does.
    private static readonly PasswordHash Nobody = PasswordHash.Create(RandomNumberGenerator.GetHexString(32));

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, string> _verified = new();
    private readonly ConcurrentDictionary<IPAddress, Failures> _failures = new();
    private readonly SemaphoreSlim _hashing = new(HashesAtOnce);
    private int _waiting;

    /// <summary>Judges one login.</summary>
    public async Task<LoginResult> JudgeAsync(Login login)
    {
        if (login.Password.Length > LongestPassword)
        {
            return new LoginResult(null);
        }
        if (login.Username == GuestName)
        {
            string? id = guests.Verify(login.Password);
            return new LoginResult(id is null ? null : new Principal($"{GuestName}:{id}"));
        }
        string mac = Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{login.Username}\0{login.Password}")));
        if (_verified.TryGetValue(mac, out string? name))
        {
            return new LoginResult(new Principal(name));
        }
        if (IsSlowedDown(login.RemoteAddress))
        {
            return new LoginResult(null, Throttled: true);
        }
        bool? right = await VerifyAsync(login).ConfigureAwait(false);
        if (right is null)
        {
            return new LoginResult(null, Throttled: true);
        }
        if (right == false)
        {
            RememberFailure(login.RemoteAddress);
            return new LoginResult(null);
        }
        _verified[mac] = login.Username;
        return new LoginResult(new Principal(login.Username));
    }

    /// <inheritdoc/>
    public void Dispose() => _hashing.Dispose();

    // Null when too many wait already.
    private async Task<bool?> VerifyAsync(Login login)
    {
        if (Interlocked.Increment(ref _waiting) > waitingAtMost)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        await _hashing.WaitAsync().ConfigureAwait(false);
        try
        {
            PasswordHash? hash = users.Find(login.Username);
            bool right = await Task.Run(() => (hash ?? Nobody).Verify(login.Password)).ConfigureAwait(false);
            return right && hash is not null;
        }
        finally
        {
            _hashing.Release();
            Interlocked.Decrement(ref _waiting);
        }
    }

    private bool IsSlowedDown(IPAddress address) =>
        _failures.TryGetValue(address, out Failures? failures)
        && time.GetElapsedTime(failures.Since) < TimeSpan.FromMinutes(1)
        && failures.Count >= FailuresPerMinute;

    private void RememberFailure(IPAddress address)
    {
        if (_failures.Count >= AddressesRemembered)
        {
            _failures.Clear();
        }
        _failures.AddOrUpdate(
            address,
            _ => new Failures(time.GetTimestamp(), 1),
            (_, known) => time.GetElapsedTime(known.Since) < TimeSpan.FromMinutes(1)
                ? known with { Count = known.Count + 1 }
                : new Failures(time.GetTimestamp(), 1));
    }

    private sealed record Failures(long Since, int Count);
}
