namespace Millrace;

/// <summary>
/// Thrown to end the program that <see cref="Web.RunApp(Application, RunOptions)"/> runs, gracefully and without an error (aiohttp: GracefulExit):
/// by a handler, whose client gets 503, or while the application starts. <see cref="Application.Stop"/> does the same without an exception.
/// </summary>
public sealed class GracefulExit : Exception
{
    /// <summary>The word to end.</summary>
    public GracefulExit()
        : base("The program ends.")
    {
    }
}
