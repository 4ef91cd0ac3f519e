using Millrace.Protocol.ProxyProtocol;
using Millrace.Protocol.Semantics;
using Millrace.Transport;

namespace Millrace.Connections;

/// <summary>The first bytes of a connection from a trusted proxy: whom it speaks for (PROXY protocol, versions 1 and 2).</summary>
internal static class ProxyHeaderReading
{
    /// <summary>Takes the peer from what the proxy says; how the connection ends if it says nothing proper. The time is that of a first head.</summary>
    public static async ValueTask<ConnectionEnd?> ReadAsync(RequestHandler flow)
    {
        while (true)
        {
            switch (ProxyHeaderReader.Read(flow.Input.Unread, out var header, out int length))
            {
                case ReadResult.Complete:
                    flow.Input.Use(length);
                    flow.RemoteEndPoint = header.Source;
                    return null;
                case ReadResult.Fault:
                    // Whoever sits there speaks another protocol: an answer would not be understood.
                    flow.NoteFault(ProtocolFault.BadProxyHeader);
                    return ConnectionEnd.ProtocolFault;
            }
            int n = await flow.Connection.ReadAsync(flow.Input.Free()).ConfigureAwait(false);
            if (n > 0)
                flow.Input.Filled(n);
            else if (n != Connection.Interrupted)
                return ConnectionEnd.ClientGone;
            else if (flow.ReadDeadline.HasExpired)
                return flow.Server.IsStopping ? ConnectionEnd.ServerStopped : ConnectionEnd.HeadTimeout;
        }
    }
}
