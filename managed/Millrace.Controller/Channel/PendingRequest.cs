using Millrace.Controller.Wire;

namespace Millrace.Controller.Channel;

/// <summary>A request that waits for its answer.</summary>
internal sealed class PendingRequest(string method, Action<ResponseBody> answer, Action<Exception> fail)
{
    public string Method { get; } = method;

    public uint Id { get; set; }

    /// <summary>When it is too late, in the clock's timestamps.</summary>
    public long Deadline { get; set; }

    public bool IsDone { get; set; }

    public void Answer(ResponseBody body) => answer(body);

    public void Fail(Exception exception) => fail(exception);
}
