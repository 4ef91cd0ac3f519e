using System.Text;
using Millrace.Fuzz.Engine;

namespace Millrace.Fuzz.Targets;

/// <summary>Any query gives parameters, no more than there are pieces, each found by its name; escaped and read again they are the same.</summary>
internal sealed class QueryTarget : FuzzTarget
{
    public override string Name => "query";

    public override int Check(byte[] input, Random cuts)
    {
        string text = Encoding.Latin1.GetString(input);
        var query = new RequestQuery(text);
        Invariant.Same(text.Split('&').Count(piece => piece.Length > 0), query.Count, "pieces and parameters");
        foreach (var (name, value) in query)
            Invariant.Holds(query.Contains(name) && query[name] is not null && query.GetValues(name).Contains(value));
        var again = new RequestQuery(string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")));
        Invariant.Holds(query.SequenceEqual(again));
        return Hash.Of([(byte)query.Count, (byte)(text.Length - query.Sum(pair => pair.Key.Length + pair.Value.Length))]);
    }
}
