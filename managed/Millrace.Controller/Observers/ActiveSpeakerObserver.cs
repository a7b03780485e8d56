using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>
/// Tells who leads the conversation among the producers it watches, after Volfin and Cohen, "Dominant speaker
/// identification for multipoint videoconferencing"; the producers send the audio level extension (RFC 6464).
/// </summary>
public sealed class ActiveSpeakerObserver : RtpObserver
{
    internal ActiveSpeakerObserver(Router router, string id, Entity routerEntity, ActiveSpeakerObserverOptions options)
        : base(router, id, routerEntity, options.AppData) => Guard(() => options.Created?.Invoke(this));

    /// <summary>Another producer, whose id this is, leads now.</summary>
    public event Action<string>? DominantSpeakerChanged;

    /// <summary>The id of the producer that leads or led last, once there is one.</summary>
    public string? DominantSpeakerId { get; private set; }

    private protected override void Receive(WorkerEvent notification)
    {
        if (notification is WorkerEvent.DominantSpeakerChanged changed)
        {
            DominantSpeakerId = changed.ProducerId;
            DominantSpeakerChanged?.Invoke(changed.ProducerId);
        }
    }
}
