using System.Collections;
using System.Text.Json.Serialization.Metadata;
using Millrace.Rooms;

namespace Millrace.Signaling.Core;

/// <summary>
/// All signals of a protocol, in the order of its page. Adding a signal is adding a row; one half of it alone does not
/// compile. The protocol's documentation is printed from it.
/// </summary>
/// <typeparam name="TSession">The protocol's session, whose methods the rows name.</typeparam>
internal sealed class SignalTable<TSession> : IEnumerable<SignalRow<TSession>>
    where TSession : ISignalSession
{
    private readonly OrderedDictionary<string, SignalRow<TSession>> _rows = [];

    /// <summary>The row of a signal, or null.</summary>
    public SignalRow<TSession>? Find(string name) => _rows.GetValueOrDefault(name);

    /// <summary>A request that is answered with a body.</summary>
    public void Add<TRequest, TReply>(
        string name,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TReply> reply,
        Func<TSession, Func<TRequest, Task<TReply>>> method,
        Permission permission,
        string sentence)
        where TRequest : class =>
        Add(new(name, permission, Answer.Body, sentence)
        {
            Request = request,
            Reply = reply,
            Invoke = async (session, body) => await method(session)((TRequest)body).ConfigureAwait(false),
        });

    /// <summary>A request that is answered without a body, or not at all.</summary>
    public void Add<TRequest>(
        string name,
        JsonTypeInfo<TRequest> request,
        Answer answer,
        Func<TSession, Func<TRequest, Task>> method,
        Permission permission,
        string sentence)
        where TRequest : class =>
        Add(new(name, permission, answer, sentence)
        {
            Request = request,
            Invoke = async (session, body) =>
            {
                await method(session)((TRequest)body).ConfigureAwait(false);
                return null;
            },
        });

    /// <summary>A request about a room, answered with a body.</summary>
    public void Add<TRequest, TReply>(
        string name,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TReply> reply,
        Func<TSession, Func<Room, TRequest, Task<TReply>>> method,
        Permission permission,
        string sentence)
        where TRequest : class, IRoomRequest =>
        Add(new(name, permission, Answer.Body, sentence)
        {
            Request = request,
            Reply = reply,
            InvokeInRoom = async (session, room, body) =>
                await method(session)(room, (TRequest)body).ConfigureAwait(false),
        });

    /// <summary>A request about a room that is answered without a body, or not at all.</summary>
    public void Add<TRequest>(
        string name,
        JsonTypeInfo<TRequest> request,
        Answer answer,
        Func<TSession, Func<Room, TRequest, Task>> method,
        Permission permission,
        string sentence)
        where TRequest : class, IRoomRequest =>
        Add(new(name, permission, answer, sentence)
        {
            Request = request,
            InvokeInRoom = async (session, room, body) =>
            {
                await method(session)(room, (TRequest)body).ConfigureAwait(false);
                return null;
            },
        });

    /// <summary>A request of a member, answered with a body.</summary>
    public void Add<TRequest, TReply>(
        string name,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TReply> reply,
        Func<TSession, Func<Peer, TRequest, Task<TReply>>> method,
        Permission permission,
        string sentence)
        where TRequest : class, IRoomRequest
        where TReply : class =>
        Add(new(name, permission, Answer.Body, sentence)
        {
            Request = request,
            Reply = reply,
            InvokeInRoom = async (session, room, body) =>
                await method(session)(MemberOf(session, room), (TRequest)body).ConfigureAwait(false),
        });

    /// <summary>A request of a member that is answered without a body, or not at all.</summary>
    public void Add<TRequest>(
        string name,
        JsonTypeInfo<TRequest> request,
        Answer answer,
        Func<TSession, Func<Peer, TRequest, Task>> method,
        Permission permission,
        string sentence)
        where TRequest : class, IRoomRequest =>
        Add(new(name, permission, answer, sentence)
        {
            Request = request,
            InvokeInRoom = async (session, room, body) =>
            {
                await method(session)(MemberOf(session, room), (TRequest)body).ConfigureAwait(false);
                return null;
            },
        });

    /// <summary>A message that only the server sends.</summary>
    public void Add<TPush>(string name, JsonTypeInfo<TPush> push, string sentence)
        where TPush : class =>
        Add(new(name, Permission.Server, Answer.None, sentence) { Reply = push });

    /// <inheritdoc/>
    public IEnumerator<SignalRow<TSession>> GetEnumerator() => _rows.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Peer MemberOf(TSession session, Room room) => room.Member(session.ClientId);

    private void Add(SignalRow<TSession> row) => _rows.Add(row.Name, row);
}
