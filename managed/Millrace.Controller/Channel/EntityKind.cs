namespace Millrace.Controller.Channel;

// In the order in which the children of one parent close: receivers of media before its sources.
internal enum EntityKind
{
    Consumer,
    DataConsumer,
    Producer,
    DataProducer,
    RtpObserver,
    Transport,
    Router,
    WebRtcServer,
    Worker,
}
