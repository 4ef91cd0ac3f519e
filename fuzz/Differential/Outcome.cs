using Millrace.Fuzz.Engine;
using Millrace.Protocol.Semantics;

namespace Millrace.Differential;

/// <summary>How the connection stood when nothing more came.</summary>
internal enum Ending
{
    /// <summary>Open: the server waits for more bytes or for the next request.</summary>
    Waits,

    Closed,
}

/// <summary>What a server made of some bytes: the requests it took, as the handler saw them, and the status of a refusal behind them.</summary>
internal sealed record Outcome(IReadOnlyList<string> Taken, int Refusal, string RefusalText, Ending Ending)
{
    /// <summary>Stands for a refusal that has no status: a GOAWAY frame.</summary>
    public const int RefusedInHttp2 = 2;

    public bool Refuses => Refusal != 0;

    /// <summary>The fault behind a refusal of ours, known by its fixed text.</summary>
    public ProtocolFault Fault => !Refuses ? ProtocolFault.None
        : Enum.GetValues<ProtocolFault>().FirstOrDefault(fault => fault != ProtocolFault.None && RefusalText.Contains(ProtocolFaults.Text(fault), StringComparison.Ordinal));

    public static Outcome Of(IReadOnlyList<WireResponse> responses, int? otherRefusal, Ending ending)
    {
        var final = responses.Where(response => response.Status >= 200).ToList();
        var taken = final.Where(response => response.Field(ResponseParser.MethodField) is not null)
            .Select(response => $"{response.Status} {response.Field(ResponseParser.MethodField)} {response.Field(Servers.BodyLengthField)} {response.Body}").ToList();
        var refusal = final.FirstOrDefault(response => response.Field(ResponseParser.MethodField) is null);
        return new Outcome(taken, refusal?.Status ?? otherRefusal ?? 0, refusal?.Body ?? "", ending);
    }

    public bool Agrees(Outcome other) => Taken.SequenceEqual(other.Taken) && Refusal == other.Refusal && Ending == other.Ending;

    public override string ToString() => $"[{string.Join(" | ", Taken)}] {(Refuses ? $"refused {Refusal} {Fault}" : "")} {Ending}";
}
