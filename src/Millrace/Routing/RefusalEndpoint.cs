using System.Diagnostics.CodeAnalysis;
using Millrace.Handling;

namespace Millrace.Routing;

/// <summary>What answers one request that no route takes, inside the middlewares of the innermost application it led into.</summary>
internal sealed class RefusalEndpoint : Endpoint
{
    private readonly HttpException _refusal;

    [SetsRequiredMembers]
    public RefusalEndpoint(Router router, BlockingHabit habit, Handler handler, HttpException refusal) : base(router, habit)
    {
        _refusal = refusal;
        Inner = Answer;
        Handler = handler;
    }

    public override HttpException? Refusal => _refusal;

    /// <summary>Answers with the refusal of the request that it is called with.</summary>
    public static ValueTask<StreamResponse> Answer(Request request) => new(request.Refusal!.ToResponse());
}
