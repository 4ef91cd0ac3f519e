using System.Collections;
using Millrace.Messages;

namespace Millrace;

/// <summary>
/// A form that a client sent (aiohttp: the result of <c>post()</c>): fields in the order they were sent, a name may stand there several times, and files.
/// </summary>
public sealed class RequestForm : IEnumerable<KeyValuePair<string, string>>
{
    private readonly NamedValues _fields = new(StringComparison.Ordinal);
    private readonly List<UploadedFile> _files = [];
    private readonly FormSpool? _spool;

    internal RequestForm(FormSpool? spool = null)
    {
        _spool = spool;
    }

    /// <summary>The number of fields; files are not counted.</summary>
    public int Count => _fields.Pairs.Count;

    /// <summary>The first value of a field, or null. Names are case-sensitive.</summary>
    public string? this[string name] => _fields.First(name);

    /// <summary>The files, in the order they were sent. Their content is there until the request ends.</summary>
    public IReadOnlyList<UploadedFile> Files => _files;

    /// <summary>Every value of a field.</summary>
    public IReadOnlyList<string> GetValues(string name) => _fields.All(name);

    /// <summary>True if the field was sent, with a value or without.</summary>
    public bool Contains(string name) => this[name] is not null;

    /// <summary>The first file that was sent under a name, or null.</summary>
    public UploadedFile? File(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _files.Find(file => file.Name == name);
    }

    /// <summary>The fields in the client's order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.Pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(string name, string value) => _fields.Add(name, value);

    internal void Add(UploadedFile file) => _files.Add(file);

    /// <summary>The request is over: so are the files.</summary>
    internal void End() => _spool?.Dispose();
}
