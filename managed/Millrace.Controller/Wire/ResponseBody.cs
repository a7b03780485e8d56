using FlatBuffers;
using Millrace.Schema.Response;

namespace Millrace.Controller.Wire;

/// <summary>The body of an answer. It lives in the reading loop's buffer: read it at once.</summary>
internal readonly struct ResponseBody(Response response)
{
    public T As<T>(Body type)
        where T : struct, IFlatbufferObject =>
        response.BodyType == type
            ? Frame.Required(response.Body<T>())
            : throw new WorkerProtocolException($"The worker answered {response.BodyType} where {type} was expected.");
}
