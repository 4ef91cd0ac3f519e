namespace Millrace.Protocol.WebSockets;

/// <summary>What client and server agreed on for the compression of messages (permessage-deflate, RFC 7692 section 7.1).</summary>
/// <param name="KeepsServerContext">A message of the server may refer to earlier ones.</param>
/// <param name="KeepsClientContext">A message of the client may refer to earlier ones.</param>
/// <param name="ServerWindowBits">The two's power that a message of the server refers back at most.</param>
/// <param name="ClientWindowBits">The two's power that a message of the client refers back at most.</param>
/// <param name="Answer">What the server says in Sec-WebSocket-Extensions.</param>
internal sealed record DeflateAgreement(bool KeepsServerContext, bool KeepsClientContext, int ServerWindowBits, int ClientWindowBits, string Answer)
{
    public const int WindowBitsMax = 15;

    // zlib has no window of 8 bits: a client that promises one has one of 9.
    public const int InflateBitsMin = 9;

    private const string Name = "permessage-deflate";
    private const string ServerContext = "server_no_context_takeover";
    private const string ClientContext = "client_no_context_takeover";
    private const string ServerWindow = "server_max_window_bits";
    private const string ClientWindow = "client_max_window_bits";

    /// <summary>Takes the first offer that can be kept in every point (section 5.1); null if there is none.</summary>
    /// <param name="offers">What the client offers, what it likes best first.</param>
    /// <param name="keepsServerContext">Whether the server would keep its context between messages.</param>
    /// <param name="keepsClientContext">Whether it would keep the client's.</param>
    /// <param name="clientWindowBits">The largest window that a client which can do with less is asked for.</param>
    public static DeflateAgreement? Find(IEnumerable<ExtensionOffer> offers, bool keepsServerContext, bool keepsClientContext, int clientWindowBits)
    {
        foreach (var offer in offers)
        {
            // What is malformed, doubled or not known declines the offer (section 7.1).
            if (offer.Name != Name || Asked.Read(offer) is not { } asked)
                continue;
            int serverBits = asked.ServerBits ?? WindowBitsMax;
            int clientBits = asked.ClientBits is { } bits ? Math.Min(bits, clientWindowBits) : WindowBitsMax;
            // A smaller window is kept by starting anew in each, so nothing is left of the context.
            keepsServerContext &= !asked.NoServerContext && serverBits == WindowBitsMax;
            keepsClientContext &= !asked.NoClientContext;
            string answer = Name + (keepsServerContext ? "" : $"; {ServerContext}") + (keepsClientContext ? "" : $"; {ClientContext}")
                + (asked.ServerBits is null ? "" : $"; {ServerWindow}={serverBits}")
                // Section 7.1.2.2: only to a client that has named it.
                + (clientBits == WindowBitsMax ? "" : $"; {ClientWindow}={clientBits}");
            return new DeflateAgreement(keepsServerContext, keepsClientContext, serverBits, Math.Max(clientBits, InflateBitsMin), answer);
        }
        return null;
    }

    /// <summary>The parameters of one offer.</summary>
    private sealed class Asked
    {
        public bool NoServerContext { get; private set; }

        public bool NoClientContext { get; private set; }

        public int? ServerBits { get; private set; }

        public int? ClientBits { get; private set; }

        public static Asked? Read(ExtensionOffer offer)
        {
            var asked = new Asked();
            return offer.Parameters.All(parameter => asked.Take(parameter.Name, parameter.Value)) ? asked : null;
        }

        private bool Take(string name, string? value)
        {
            switch (name)
            {
                case ServerContext when !NoServerContext:
                    NoServerContext = true;
                    return value is null;
                case ClientContext when !NoClientContext:
                    NoClientContext = true;
                    return value is null;
                case ServerWindow when ServerBits is null:
                    ServerBits = Bits(value);
                    return ServerBits is not null;
                case ClientWindow when ClientBits is null:
                    ClientBits = value is null ? WindowBitsMax : Bits(value);
                    return ClientBits is not null;
                default:
                    return false;
            }
        }

        /// <summary>8 to 15, without leading zeros (section 7.1.2).</summary>
        private static int? Bits(string? value) => value switch
        {
            "8" => 8,
            "9" => 9,
            ['1', >= '0' and <= '5' and var digit] => 10 + digit - '0',
            _ => null,
        };
    }
}
