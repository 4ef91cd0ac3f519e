using Millrace.Messages;

namespace Millrace;

/// <summary>A file of a form (aiohttp: FileField). Its content is there until the request ends.</summary>
public sealed class UploadedFile
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly FormSpool? _spool;
    private readonly long _start;

    internal UploadedFile(MultipartPart part, ReadOnlyMemory<byte> bytes) : this(part, bytes.Length)
    {
        _bytes = bytes;
    }

    internal UploadedFile(MultipartPart part, FormSpool spool, long start, long length) : this(part, length)
    {
        _spool = spool;
        _start = start;
    }

    private UploadedFile(MultipartPart part, long length)
    {
        Name = part.Name!;
        FileName = part.FileName!;
        ContentType = part.ContentType ?? "application/octet-stream";
        Headers = part.Headers;
        Length = length;
    }

    /// <summary>The name of the form's field.</summary>
    public string Name { get; }

    /// <summary>The file name as the client sent it, paths and all. It is not safe as a name on this machine: see <see cref="SafeFileName"/>.</summary>
    public string FileName { get; }

    /// <summary><see cref="FileName"/> without directories, drives, control characters and names that mean devices, or <c>file</c> if nothing is left.</summary>
    public string SafeFileName => FileNames.Safe(FileName);

    /// <summary>What the client says the content is; <c>application/octet-stream</c> if it does not say.</summary>
    public string ContentType { get; }

    /// <summary>The header fields of the part.</summary>
    public PartHeaders Headers { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>The content from its start, to be read only; each call gives a stream of its own.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended; also thrown by reads of a stream kept beyond it.</exception>
    public Stream OpenRead() => _spool is null ? new MemoryStream(_bytes.ToArray(), writable: false) : _spool.OpenRead(_start, Length);

    /// <summary>Writes the content into a new file.</summary>
    /// <param name="path">Where; a file that is there already is not overwritten.</param>
    /// <param name="cancellationToken">Ends the writing; what was written stays.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public async Task SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        await using (target.ConfigureAwait(false))
        {
            using var content = OpenRead();
            await content.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
        }
    }
}
