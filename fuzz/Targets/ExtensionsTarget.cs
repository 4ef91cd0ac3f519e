using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Protocol.WebSockets;

namespace Millrace.Fuzz.Targets;

/// <summary>
/// Offers of extensions are malformed or a list that reads the same when it is written again; what is agreed on promises no more than was asked for, and offered by a client it
/// would be agreed on again.
/// </summary>
internal sealed class ExtensionsTarget : FuzzTarget
{
    public override string Name => "extensions";

    public override int Check(byte[] input, Random cuts)
    {
        if (Read(input) is not { } offers)
            return 0;
        string written = string.Join(",", offers.Select(Written));
        Invariant.Same(written, string.Join(",", Read(Encoding.ASCII.GetBytes(written))!.Select(Written)), "offers that were written again");
        bool keeps = cuts.Next(2) == 0;
        int bits = cuts.Next(9, 16);
        var agreed = DeflateAgreement.Find(offers, keeps, keeps, bits);
        if (agreed is null)
            return Hash.Of([1, (byte)offers.Count]);
        Invariant.Holds(agreed.ServerWindowBits is >= 8 and <= 15 && agreed.ClientWindowBits is >= 9 and <= 15);
        Invariant.Holds(keeps || !(agreed.KeepsServerContext || agreed.KeepsClientContext));
        Invariant.Same(agreed, DeflateAgreement.Find(Read(Encoding.ASCII.GetBytes(agreed.Answer))!, keeps, keeps, bits), "the answer as an offer");
        return Hash.Of(Encoding.ASCII.GetBytes(agreed.Answer));
    }

    private static List<ExtensionOffer>? Read(byte[] field)
    {
        var offers = new List<ExtensionOffer>();
        return ExtensionOffer.TryRead(field, offers) ? offers : null;
    }

    private static string Written(ExtensionOffer offer) => offer.Name + string.Concat(offer.Parameters.Select(parameter => parameter.Value is null ? $"; {parameter.Name}" : $"; {parameter.Name}=\"{parameter.Value}\""));
}
