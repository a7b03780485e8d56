using System.Globalization;
using System.Net;
using Millrace.Impairment;

// A bad line in front of any UDP server: datagrams are lost by a seed, delayed and held to a rate.
const string Usage = """
    millrace-impairment --to ADDRESS:PORT [--listen ADDRESS:PORT] [options]
      --loss SHARE       0 to 1, lost in each direction        --loss-back SHARE   another share towards the client
      --rtt MS           the round trip that the line adds     --jitter MS         up to so much more, by chance, each way
      --rate BPS         what it carries towards the server    --rate-back BPS     and towards the client
      --seed N           the same seed loses the same ones
    Clients send to the listening address (by default 127.0.0.1 and a free port, which is printed). Ctrl-C ends it.
    """;

Dictionary<string, string> given = [];
for (int i = 0; i < args.Length; i += 2)
{
    if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
    {
        await Console.Error.WriteLineAsync(Usage);
        return 2;
    }
    given[args[i][2..]] = args[i + 1];
}
if (!given.TryGetValue("to", out string? to))
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

double Number(string name, double missing) =>
    given.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : missing;
long? Rate(string name) => given.ContainsKey(name) ? (long)Number(name, 0) : null;

double loss = Number("loss", 0);
TimeSpan delay = TimeSpan.FromMilliseconds(Number("rtt", 0) / 2);
TimeSpan jitter = TimeSpan.FromMilliseconds(Number("jitter", 0));
int seed = (int)Number("seed", 1);
LineQuality there = new(loss, Rate("rate"), delay, jitter);
LineQuality back = new(Number("loss-back", loss), Rate("rate-back"), delay, jitter);
LineDirection toWorker = new(() => there, seed + 1);
LineDirection toClient = new(() => back, seed);
IPEndPoint listen = given.TryGetValue("listen", out string? at) ? IPEndPoint.Parse(at) : new IPEndPoint(IPAddress.Loopback, 0);

await using LineRelay relay = new(IPEndPoint.Parse(to), toClient, toWorker, listen);
await Console.Out.WriteLineAsync($"{listen.Address}:{relay.Port} -> {to}");
TaskCompletionSource ended = new();
Console.CancelKeyPress += (_, interrupt) =>
{
    interrupt.Cancel = true;
    ended.TrySetResult();
};
await ended.Task;
await Console.Out.WriteLineAsync($"to the server {toWorker.Lost} of {toWorker.Taken} lost, to the client {toClient.Lost} of {toClient.Taken}");
return 0;
