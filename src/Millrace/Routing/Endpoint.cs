using Millrace.Handling;
using Millrace.Messages;

namespace Millrace.Routing;

/// <summary>What answers a request: a handler with all that stands around it, in the application that it belongs to.</summary>
internal abstract class Endpoint : Destination
{
    protected Endpoint(Router router, BlockingHabit habit)
    {
        Router = router;
        Habit = habit;
        Preparations = router.Preparations;
        TellsErrors = router.TellsErrors;
    }

    /// <summary>The innermost router that knows the request.</summary>
    public Router Router { get; }

    public BlockingHabit Habit { get; }

    public override bool MayHaveRules => Router.HasRules && Handler != Inner;

    /// <summary>The handler without the applications' middlewares.</summary>
    public required Handler Inner { get; init; }

    /// <summary>The handler with the middlewares of all applications around it.</summary>
    public required Handler Handler { get; init; }
}
