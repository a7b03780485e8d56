using Millrace.Controller;
using Millrace.Controller.Rtp;

namespace Millrace.Rooms;

/// <summary>Turns what the controller throws into the refusals that protocols know.</summary>
internal static class Media
{
    /// <summary>Asks, and awaits the worker's answer. Also what the controller refuses at once, before it asks, is a refusal.</summary>
    /// <exception cref="RefusedException">The worker refused, does not answer, or is gone.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question().ConfigureAwait(false);
        }
        catch (Exception exception) when (ErrorOf(exception) is { } error)
        {
            throw new RefusedException(error);
        }
    }

    /// <inheritdoc cref="AskAsync{T}"/>
    public static async Task AskAsync(Func<Task> question)
    {
        try
        {
            await question().ConfigureAwait(false);
        }
        catch (Exception exception) when (ErrorOf(exception) is { } error)
        {
            throw new RefusedException(error);
        }
    }

    /// <summary>Awaits a close. That the object, or its whole worker, is gone already is what was wanted.</summary>
    public static async Task CloseAsync(Task close)
    {
        try
        {
            await close.ConfigureAwait(false);
        }
        catch (Exception exception) when (ErrorOf(exception) is not null)
        {
            // The controller has forgotten the object whatever the worker said.
        }
    }

    /// <summary>Whether the router can send a producer to somebody with these capabilities.</summary>
    /// <exception cref="RefusedException">The capabilities make no sense.</exception>
    public static bool CanConsume(Router router, Producer producer, RtpCapabilities capabilities)
    {
        try
        {
            return router.CanConsume(producer, capabilities);
        }
        catch (RtpException exception)
        {
            throw new RefusedException(new RoomError.BadMedia(exception.Message));
        }
    }

    private static RoomError? ErrorOf(Exception exception) => exception switch
    {
        WorkerRequestException { Error: WorkerError.NotFound } => new RoomError.MediaUnavailable(),
        WorkerRequestException refused => new RoomError.BadMedia(refused.Reason),
        ArgumentException malformed => new RoomError.BadMedia(malformed.Message),
        WorkerDiedException or ObjectClosedException or WorkerBusyException or TimeoutException =>
            new RoomError.MediaUnavailable(),
        _ => null,
    };
}
