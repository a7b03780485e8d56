using Millrace.Controller;

namespace Millrace.EndToEnd.Tests.Media;

/// <summary>Two clients that send each other picture and sound, for tests of the way in between.</summary>
internal sealed class Call
{
    private static readonly Tone Low = new(440);
    private static readonly Tone High = new(1250);

    private readonly Client _ada;
    private readonly Client _ben;

    private Call(Client ada, Client ben)
    {
        _ada = ada;
        _ben = ben;
    }

    public Received PictureAtBen { get; private set; } = null!;

    public Received PictureAtAda { get; private set; } = null!;

    public Received SoundAtBen { get; private set; } = null!;

    public Received SoundAtAda { get; private set; } = null!;

    public IEnumerable<(Client Client, WebRtcTransport Transport)> Transports =>
        [(_ada, _ada.Sending), (_ada, _ada.Receiving), (_ben, _ben.Sending), (_ben, _ben.Receiving)];

    public static async Task<Call> ConnectAsync(
        Studio studio, WebRtcTransportOptions options, Func<IceCandidate, IceCandidate>? route = null)
    {
        Client ada = await studio.OpenAsync("Ada", options, route: route);
        Client ben = await studio.OpenAsync("Ben", options, route: route);
        return new Call(ada, ben)
        {
            PictureAtBen = await ben.ReceiveAsync((await ada.SendAsync(Camera.Small(Colour.Crimson), Codec.Vp8)).Producer),
            SoundAtBen = await ben.ReceiveAsync((await ada.SendAsync(Low)).Producer),
            PictureAtAda = await ada.ReceiveAsync((await ben.SendAsync(Camera.Small(Colour.Teal), Codec.Vp8)).Producer),
            SoundAtAda = await ada.ReceiveAsync((await ben.SendAsync(High)).Producer),
        };
    }

    /// <summary>Waits until both see and hear each other.</summary>
    public async Task FlowsAsync()
    {
        await PictureAtBen.ShowsAsync(Colour.Crimson);
        await PictureAtAda.ShowsAsync(Colour.Teal);
        await SoundAtBen.HearsAsync(Low);
        await SoundAtAda.HearsAsync(High);
    }
}
