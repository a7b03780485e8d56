namespace Millrace.Controller.Wire;

internal enum InboundKind
{
    Response,
    Notification,
    Log,
}
