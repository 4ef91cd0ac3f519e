using System.Net;
using System.Net.Sockets;

namespace Millrace.Transport.Pipes;

/// <summary>The name of a pipe, as an address.</summary>
internal sealed class PipeEndPoint(string path) : EndPoint
{
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public override string ToString() => path;
}
