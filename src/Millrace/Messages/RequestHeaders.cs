using System.Collections;
using System.Text;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// The header fields of a request, as the client sent them and in its order. Names compare without regard to case
/// (RFC 9110 section 5.1); values are Latin-1, without surrounding white space. A value becomes a string when it is asked for.
/// </summary>
public sealed class RequestHeaders : IEnumerable<KeyValuePair<string, string>>
{
    private readonly HeadView _view;

    internal RequestHeaders(HeadView view)
    {
        _view = view;
    }

    /// <summary>The number of fields.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public int Count => _view.Take(0, static (view, _) => view.Head.FieldCount);

    /// <summary>The first value of a field, or null.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public string? this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return _view.Take(name, static (view, name) =>
            {
                int i = view.Head.IndexOf(view.Bytes, name);
                return i < 0 ? null : Value(view, i);
            });
        }
    }

    /// <summary>Every value of a field, one for each time it was sent.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public IReadOnlyList<string> GetValues(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _view.Take(name, static (view, name) =>
        {
            var values = new List<string>();
            for (int i = view.Head.IndexOf(view.Bytes, name); i >= 0; i = view.Head.IndexOf(view.Bytes, name, i + 1))
                values.Add(Value(view, i));
            return values;
        });
    }

    /// <summary>True if the client sent a field of that name.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _view.Take(name, static (view, name) => view.Head.IndexOf(view.Bytes, name) >= 0);
    }

    /// <summary>The fields in the client's order.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        _view.Take(0, static (view, _) =>
        {
            var fields = new List<KeyValuePair<string, string>>(view.Head.FieldCount);
            foreach (var field in view.Head.Fields)
                fields.Add(new(Encoding.Latin1.GetString(field.Name(view.Bytes)), Encoding.Latin1.GetString(field.Value(view.Bytes))));
            return fields;
        }).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal string? Find(KnownField known) => _view.Take(known, static (view, known) =>
    {
        int i = view.Head.IndexOf(known);
        return i < 0 ? null : Value(view, i);
    });

    private static string Value(HeadView view, int index) => Encoding.Latin1.GetString(view.Head.Fields[index].Value(view.Bytes));
}
