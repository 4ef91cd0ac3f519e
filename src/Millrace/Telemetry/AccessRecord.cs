using System.Net;

namespace Millrace;

/// <summary>One answered request, as an access logger sees it.</summary>
public sealed class AccessRecord
{
    internal AccessRecord(Request? request, StreamResponse? response, EndPoint? remote)
    {
        Request = request;
        Response = response;
        RemoteEndPoint = remote;
    }

    /// <summary>The request; null if what the client sent was none and got an answer such as 400.</summary>
    public Request? Request { get; }

    /// <summary>The response; null if the server refused the client by itself, or the connection ended before there was one.</summary>
    public StreamResponse? Response { get; }

    /// <summary>The address of the client, as <see cref="Request.RemoteEndPoint"/>.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>The status that was sent; 0 if the connection ended before one was.</summary>
    public int Status { get; internal init; }

    /// <summary>Bytes of the response, with its head, as handed to the connection.</summary>
    public long BytesSent { get; internal init; }

    /// <summary>When the head of the request was there.</summary>
    public DateTimeOffset Start { get; internal init; }

    /// <summary>From then until the response was handed to the connection.</summary>
    public TimeSpan Duration { get; internal init; }
}
