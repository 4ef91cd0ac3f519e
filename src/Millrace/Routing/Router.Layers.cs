namespace Millrace;

public sealed partial class Router
{
    /// <summary>A handler inside the middlewares of this application and of all it is mounted in.</summary>
    internal Handler Around(Handler inner)
    {
        var handler = OrAnew(inner);
        bool isAlone = true;
        for (var router = this; router is not null; router = router.Parent)
        {
            isAlone &= router.Application.Middlewares.Count == 0;
            handler = MiddlewareList.Around(handler, router.Application.Middlewares);
            // An application that is not mounted sees no other than itself.
            if (Parent is not null)
                handler = router.InLayer(handler);
        }
        return isAlone ? inner : handler;
    }

    /// <summary>A middleware may pass on a clone that was not resolved: its path is another one, and so may be its handler.</summary>
    internal Handler OrAnew(Handler inner) => request => request.Destination is null ? HandleAnew(request) : inner(request);

    /// <summary>Resolves a request that a middleware made, and runs it inside those middlewares that did not see it yet.</summary>
    private ValueTask<StreamResponse> HandleAnew(Request request)
    {
        var endpoint = Outermost.Resolve(request);
        request.PassOn();
        var handler = endpoint.Router.InLayer(endpoint.Inner);
        for (var router = endpoint.Router; router is not null && !IsWithin(router); router = router.Parent)
            handler = router.InLayer(MiddlewareList.Around(handler, router.Application.Middlewares));
        return handler(request);
    }

    /// <summary>Whether this is the router, or that of an application mounted in it.</summary>
    internal bool IsWithin(Router other) => this == other || (Parent is not null && Parent.IsWithin(other));

    /// <summary>A handler during which <see cref="Request.App"/> is this application, and what it was before as soon as it has answered.</summary>
    private Handler InLayer(Handler handler) => request =>
    {
        var outer = request.EnterLayer(this);
        ValueTask<StreamResponse> answer;
        try
        {
            answer = handler(request);
        }
        catch
        {
            request.EnterLayer(outer);
            throw;
        }
        if (!answer.IsCompletedSuccessfully)
            return LeaveLayerAsync(answer, request, outer);
        request.EnterLayer(outer);
        return answer;
    };

    private Func<Request, StreamResponse, Task> InLayer(Func<Request, StreamResponse, Task> receiver) => async (request, response) =>
    {
        var outer = request.EnterLayer(this);
        try
        {
            await receiver(request, response).ConfigureAwait(false);
        }
        finally
        {
            request.EnterLayer(outer);
        }
    };

    private static async ValueTask<StreamResponse> LeaveLayerAsync(ValueTask<StreamResponse> answer, Request request, Router? outer)
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        finally
        {
            request.EnterLayer(outer);
        }
    }
}
