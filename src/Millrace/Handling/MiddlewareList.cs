using System.Collections.ObjectModel;

namespace Millrace;

/// <summary>The middlewares of an application, the outermost first. It can be changed until the application starts.</summary>
public sealed class MiddlewareList : Collection<Middleware>
{
    internal MiddlewareList()
    {
    }

    /// <summary>True once the application has started.</summary>
    public bool IsFrozen { get; private set; }

    internal void Freeze() => IsFrozen = true;

    /// <summary>The handler with these around it; itself, if there are none.</summary>
    internal static Handler Around(Handler handler, IReadOnlyList<Middleware> middlewares)
    {
        for (int i = middlewares.Count - 1; i >= 0; i--)
            handler = Around(handler, middlewares[i]);
        return handler;
    }

    /// <inheritdoc/>
    protected override void InsertItem(int index, Middleware item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ThrowIfFrozen();
        base.InsertItem(index, item);
    }

    /// <inheritdoc/>
    protected override void SetItem(int index, Middleware item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ThrowIfFrozen();
        base.SetItem(index, item);
    }

    /// <inheritdoc/>
    protected override void RemoveItem(int index)
    {
        ThrowIfFrozen();
        base.RemoveItem(index);
    }

    /// <inheritdoc/>
    protected override void ClearItems()
    {
        ThrowIfFrozen();
        base.ClearItems();
    }

    private static Handler Around(Handler next, Middleware middleware) => request => middleware(request, next);

    private void ThrowIfFrozen()
    {
        if (IsFrozen)
            throw new InvalidOperationException("Middlewares cannot be changed while the application runs: set them before it starts.");
    }
}
