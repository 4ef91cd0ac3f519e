namespace Millrace;

public sealed partial class Application
{
    /// <summary>
    /// What stands around every handler of this application and of those mounted in it, the outermost first: around 404, 405 and what
    /// could not be read as a request, too.
    /// </summary>
    public MiddlewareList Middlewares { get; } = [];

    /// <summary>
    /// Told of each response of this application and of those mounted in it, when its head is about to go out: fields can still be changed (aiohttp: on_response_prepare).
    /// The outermost application is the first. One that throws makes it a 500.
    /// </summary>
    public ResponseSignal OnResponsePrepare { get; } = new();

    /// <summary>Whether a 500 tells the client what was thrown (aiohttp: the loop's debug mode). Default: no. Never set it where strangers can ask.</summary>
    /// <exception cref="InvalidOperationException">Set when the application has started.</exception>
    public bool Debug
    {
        get;
        set
        {
            if (Middlewares.IsFrozen)
                throw new InvalidOperationException("Debug comes too late: set it before the application starts.");
            field = value;
        }
    }
}
