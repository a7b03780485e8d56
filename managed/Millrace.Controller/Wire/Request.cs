using FlatBuffers;
using Millrace.Schema.Request;

namespace Millrace.Controller.Wire;

/// <summary>A question to the worker: how it is written, and how its answer is read.</summary>
internal sealed class Request<T>(
    Method method,
    string handlerId,
    Func<ResponseBody, T> read,
    Body bodyType = Body.NONE,
    Func<FlatBufferBuilder, int>? writeBody = null)
{
    // Enough for every request without RTP parameters; the builder grows for the others.
    private const int InitialBytes = 512;

    public string Name => method.ToString();

    /// <summary>The whole frame, its length prefix included.</summary>
    public ArraySegment<byte> Encode(uint id)
    {
        FlatBufferBuilder builder = new(InitialBytes);
        int body = WriteBody(builder);
        StringOffset handler = builder.CreateString(handlerId);
        Offset<Schema.Request.Request> request =
            Schema.Request.Request.CreateRequest(builder, id, method, handler, bodyType, body);
        return Frame.Finish(builder, Schema.Message.Body.Request, request.Value);
    }

    public T Read(ResponseBody body) => Frame.Decode(() => read(body));

    private int WriteBody(FlatBufferBuilder builder)
    {
        try
        {
            return writeBody?.Invoke(builder) ?? 0;
        }
        catch (OverflowException e)
        {
            throw new ArgumentException($"A number in the options of {Name} is out of range.", e);
        }
    }
}
