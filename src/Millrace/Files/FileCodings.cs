using Millrace.Protocol.Semantics;

namespace Millrace.Files;

/// <summary>The codings that a file may lie in beside the plain one, and which of them a client would like.</summary>
internal static class FileCodings
{
    /// <summary>How many there are; a <see cref="ContentCoding"/> below this is one of them.</summary>
    public const int Count = (int)ContentCoding.Gzip + 1;

    public static string Extension(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => ".br",
        ContentCoding.Zstandard => ".zst",
        _ => ".gz",
    };

    /// <summary>What stands in Content-Encoding.</summary>
    public static string Name(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => "br",
        ContentCoding.Zstandard => "zstd",
        _ => "gzip",
    };

    public static AcceptedCodings AcceptedBy(Request request) => request.View.Take(0, static (view, _) =>
    {
        var accepted = default(AcceptedCodings);
        if (view.Head.IndexOf(KnownField.AcceptEncoding) < 0)
            return accepted;
        var bytes = view.Bytes;
        foreach (var field in view.Head.Fields)
        {
            if (field.Known == KnownField.AcceptEncoding)
                accepted.Add(field.Value(bytes));
        }
        return accepted;
    });
}
