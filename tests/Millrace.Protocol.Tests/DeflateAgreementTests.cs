using System.Text;
using Millrace.Protocol.WebSockets;

namespace Millrace.Protocol.Tests;

/// <summary>What is agreed on for offers of permessage-deflate (RFC 7692 sections 5 and 7.1; RFC 6455 section 9.1).</summary>
public sealed class DeflateAgreementTests
{
    private const string NoContexts = "; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate", NoContexts)]
    [InlineData("permessage-deflate; client_max_window_bits", NoContexts)]
    [InlineData("permessage-deflate; client_max_window_bits=15", NoContexts)]
    [InlineData("permessage-deflate; client_max_window_bits=10", NoContexts + "; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=8", NoContexts + "; client_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=8", NoContexts + "; server_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=9", NoContexts + "; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=15", NoContexts + "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=\"1\\2\"", NoContexts + "; server_max_window_bits=12")]
    [InlineData("permessage-deflate ;server_no_context_takeover; client_no_context_takeover ; server_max_window_bits = 11; client_max_window_bits=9", NoContexts + "; server_max_window_bits=11; client_max_window_bits=9")]
    // What cannot be kept is passed over for the next offer.
    [InlineData("permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=10", NoContexts + "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; unknown, x-other; a=b, ,permessage-deflate", NoContexts)]
    public void The_first_offer_that_can_be_kept_is_taken(string offered, string answer) => Assert.Equal("permessage-deflate" + answer, Find(offered)!.Answer);

    [Theory]
    [InlineData("")]
    [InlineData("x-webkit-deflate-frame, permessage-bzip2; level=9")]
    [InlineData("Permessage-Deflate")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=150")]
    [InlineData("permessage-deflate; server_max_window_bits=x")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover=\"true\"")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; mystery")]
    public void An_offer_that_is_wrong_in_any_parameter_is_declined(string offered) => Assert.Null(Find(offered));

    [Theory]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; =1")]
    [InlineData("permessage-deflate; a=")]
    [InlineData("permessage-deflate; a=\"\"")]
    [InlineData("permessage-deflate; a=\"b c\"")]
    [InlineData("permessage-deflate; a=\"b")]
    [InlineData("permessage-deflate; a=\"b\\")]
    [InlineData("permessage-deflate a")]
    [InlineData("; a")]
    [InlineData("a/b")]
    public void What_is_no_list_of_extensions_is_malformed(string field) => Assert.False(ExtensionOffer.TryRead(Encoding.Latin1.GetBytes(field), []));

    [Fact]
    public void Contexts_are_kept_where_both_sides_want_them_and_a_window_is_no_larger_than_either_says()
    {
        var agreed = Find("permessage-deflate; client_max_window_bits", keep: true, clientBits: 10)!;
        Assert.Equal(("permessage-deflate; client_max_window_bits=10", true, true, 15, 10), (agreed.Answer, agreed.KeepsServerContext, agreed.KeepsClientContext, agreed.ServerWindowBits, agreed.ClientWindowBits));
        // One that cannot be told has its 32 KB.
        agreed = Find("permessage-deflate; server_no_context_takeover", keep: true, clientBits: 10)!;
        Assert.Equal(("permessage-deflate; server_no_context_takeover", false, true, 15), (agreed.Answer, agreed.KeepsServerContext, agreed.KeepsClientContext, agreed.ClientWindowBits));
        // The server starts anew in each smaller window.
        agreed = Find("permessage-deflate; server_max_window_bits=12; client_no_context_takeover; client_max_window_bits=8", keep: true)!;
        Assert.Equal("permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=8", agreed.Answer);
        Assert.Equal((12, 9), (agreed.ServerWindowBits, agreed.ClientWindowBits));
    }

    private static DeflateAgreement? Find(string offered, bool keep = false, int clientBits = 15)
    {
        var offers = new List<ExtensionOffer>();
        Assert.True(ExtensionOffer.TryRead(Encoding.Latin1.GetBytes(offered), offers));
        return DeflateAgreement.Find(offers, keep, keep, clientBits);
    }
}
