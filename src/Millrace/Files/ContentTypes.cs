using System.Collections.Frozen;
using System.Text;

namespace Millrace.Files;

/// <summary>The media type of a file, by its extension.</summary>
internal static partial class ContentTypes
{
    private static readonly ContentTypeField Unknown = new("application/octet-stream");
    private static readonly FrozenDictionary<string, ContentTypeField> ByExtension = Read();
    private static readonly FrozenDictionary<string, ContentTypeField>.AlternateLookup<ReadOnlySpan<char>> ByExtensionSpan = ByExtension.GetAlternateLookup<ReadOnlySpan<char>>();

    public static int Count => ByExtension.Count;

    /// <summary>The type of a file of that name; <c>application/octet-stream</c> where the extension says nothing.</summary>
    public static ContentTypeField Of(string path)
    {
        var extension = Path.GetExtension(path.AsSpan());
        return !extension.IsEmpty && ByExtensionSpan.TryGetValue(extension[1..], out var type) ? type : Unknown;
    }

    private static FrozenDictionary<string, ContentTypeField> Read()
    {
        var types = new Dictionary<string, ContentTypeField>(StringComparer.OrdinalIgnoreCase);
        // The line ends are there for who reads the source.
        foreach (string entry in Table.ReplaceLineEndings("").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = entry.Split(' ');
            var type = new ContentTypeField(words[0]);
            foreach (string extension in words.AsSpan(1))
                types.Add(extension, type);
        }
        return types.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>A Content-Type as text and as the bytes of its field.</summary>
internal sealed class ContentTypeField(string text)
{
    public string Text => text;

    public byte[] Bytes { get; } = Encoding.ASCII.GetBytes(text);
}
