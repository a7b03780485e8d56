using Millrace.Controller.Channel;
using Millrace.Controller.Wire;

namespace Millrace.Controller;

/// <summary>Watches the loudness of producers that send the audio level extension (RFC 6464).</summary>
public sealed class AudioLevelObserver : RtpObserver
{
    internal AudioLevelObserver(Router router, string id, Entity routerEntity, AudioLevelObserverOptions options)
        : base(router, id, routerEntity, options.AppData) => Guard(() => options.Created?.Invoke(this));

    /// <summary>Who was heard in the last interval, the loudest first.</summary>
    public event Action<IReadOnlyList<AudioLevel>>? Volumes;

    /// <summary>Nobody is heard any more.</summary>
    public event Action? Silence;

    private protected override void Receive(WorkerEvent notification)
    {
        switch (notification)
        {
            case WorkerEvent.VolumesMeasured measured:
                Volumes?.Invoke(measured.Levels);
                break;
            case WorkerEvent.Silent:
                Silence?.Invoke();
                break;
        }
    }
}
