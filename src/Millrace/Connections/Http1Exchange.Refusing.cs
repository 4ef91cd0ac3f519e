using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace.Connections;

internal sealed partial class Http1Exchange
{
    private static readonly Lazy<HeadView> UnknownRequest = new(() => HeadCopy.Make("UNKNOWN", "/", [], like: null));

    /// <summary>
    /// Answers what could not be read as a request, by way of the application's middlewares. What is known of it is where it came from; the rest
    /// of the connection means nothing any more. False if the client is gone.
    /// </summary>
    public async ValueTask<bool> RefuseAsync(ProtocolFault fault)
    {
        var head = UnknownRequest.Value;
        var request = Begin(head.Head, head.Bytes.ToArray(), 0);
        var response = await AwaitAnswerAsync(request, _server.Refuse(request, ProtocolRefusal.Of(fault))).ConfigureAwait(false);
        if (response is { IsPrepared: false })
            response.ForceClose();
        bool answered = await AnswerAsync(request, response).ConfigureAwait(false);
        KeepAlive = false;
        await EndAsync(request).ConfigureAwait(false);
        return answered;
    }

    /// <summary>A response whose body was sent before and went back is made whole again; another one if that failed.</summary>
    private Response Renewed(Request request, Response response)
    {
        try
        {
            _ = response.Body;
            return response;
        }
        catch (Exception e)
        {
            return ResponseTo(e, request) ?? response;
        }
    }

    private ValueTask<bool> SendAsync(Request request, Response whole, ReadOnlySpan<byte> vary)
    {
        var body = whole.BorrowBody();
        return SendAsync(whole, AppendHead(request, whole, body.Length, vary).HasBody ? body : default);
    }

    private async ValueTask<bool> SendAsync(Response whole, ReadOnlyMemory<byte> body)
    {
        try
        {
            return await _output.SendAsync(body).ConfigureAwait(false);
        }
        finally
        {
            whole.ReturnBody();
        }
    }

    /// <summary>Of the response that was to be sent nothing is out yet.</summary>
    private async ValueTask<bool> SendInsteadAsync(Request request, Response response)
    {
        _ = request.TryAnswer();
        await _gate.PassAsync().ConfigureAwait(false);
        return await SendAsync(request, response, default).ConfigureAwait(false);
    }

    /// <summary>The response after those who want to know were told of it; another one if one of them failed.</summary>
    private async ValueTask<Response> AnnounceAsync(Request request, Response response)
    {
        try
        {
            await request.AnnounceAsync(response).ConfigureAwait(false);
            return response;
        }
        catch (Exception e)
        {
            return ResponseTo(e, request) ?? response;
        }
        finally
        {
            _ = request.TryAnswer();
        }
    }
}
