using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Millrace.Server.Endpoints;
using Millrace.Server.Options;
using Millrace.Server.Users;
using Millrace.Testing;

namespace Millrace.Server.Tests.Endpoints;

internal sealed class GuestEndpointTests
{
    private readonly GuestTokens _tokens = new(new ManualTime());

    [TestCase("127.0.0.1", "127.0.0.1:8880")]
    [TestCase("::1", "[::1]:8880")]
    [TestCase("127.0.0.1", "localhost:8880")]
    public void AVisitorOnThisMachine_GetsCredentialsThatAreGood(string address, string host)
    {
        Guest? guest = Ask(address, host);

        Assert.That(guest!.Username, Is.EqualTo("guest"));
        Assert.That(_tokens.Verify(guest.Password), Is.Not.Null);
    }

    [TestCase("192.0.2.1", "127.0.0.1:8880", Description = "From elsewhere")]
    [TestCase("127.0.0.1", "calls.example.org", Description = "Through another name")]
    [TestCase("127.0.0.1", "localhost.evil.example", Description = "Through a name that looks like it")]
    public void AVisitorFromElsewhere_GetsNothing(string address, string host) => Assert.That(Ask(address, host), Is.Null);

    [TestCase("Forwarded", "for=192.0.2.1")]
    [TestCase("X-Forwarded-For", "192.0.2.1")]
    [TestCase("X-Forwarded-Host", "calls.example.org")]
    [TestCase("X-Real-IP", "192.0.2.1")]
    [TestCase("Via", "1.1 proxy")]
    [TestCase("Origin", "https://evil.example")]
    [TestCase("Origin", "null")]
    public void BehindAProxy_OrFromAForeignPage_ThereIsNothing(string header, string value) =>
        Assert.That(Ask("127.0.0.1", "127.0.0.1:8880", (header, value)), Is.Null);

    [Test]
    public void WhileAnybodyCanReachTheServer_ThereIsNothing() => Assert.That(
        Ask("127.0.0.1", "127.0.0.1:8880", null, new ServerOptions { Listen = [new Uri("http://127.0.0.1:8880"), new Uri("https://0.0.0.0:8888")] }),
        Is.Null);

    [Test]
    public void TheAnswer_IsKeptByNobody()
    {
        DefaultHttpContext context = Context("127.0.0.1", "127.0.0.1:8880");

        Endpoint(new ServerOptions()).Handle(context);

        Assert.That(context.Response.Headers.CacheControl.ToString(), Is.EqualTo("no-store"));
    }

    private Guest? Ask(string address, string host, (string Name, string Value)? header = null, ServerOptions? options = null)
    {
        DefaultHttpContext context = Context(address, host);
        if (header is { } given)
        {
            context.Request.Headers[given.Name] = given.Value;
        }
        object result = Endpoint(options ?? new ServerOptions()).Handle(context).Result;
        return result switch
        {
            JsonHttpResult<Guest> json => json.Value,
            StatusCodeHttpResult { StatusCode: 403 } => null,
            _ => throw new AssertionException($"this was answered: {result}"),
        };
    }

    private GuestEndpoint Endpoint(ServerOptions options) => new(options, _tokens, new OriginPolicy(options));

    private static DefaultHttpContext Context(string address, string host)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host);
        return context;
    }
}
