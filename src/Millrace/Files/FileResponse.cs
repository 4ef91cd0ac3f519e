using Millrace.Files;
using Millrace.Messages;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// A response whose body is a file (aiohttp: FileResponse). It is opened when the head is made and never held in memory; on Linux, without
/// encryption, the kernel sends it.
/// </summary>
/// <remarks>
/// <para>
/// A GET or HEAD is answered as its conditions and ranges ask: 304, 412, 206 with one range or several (<c>multipart/byteranges</c>), 416. The tag and the
/// time of the last change come from the file, unless <see cref="StreamResponse.ETag"/> and <see cref="StreamResponse.LastModified"/> are set. With a status other
/// than 200 the file is sent whole whatever the client asks; an error page has no tag or time but those that are set.
/// </para>
/// <para>
/// 404, 412 and 416 say nothing of the file's bytes, and have <c>Cache-Control: no-store</c> where the response had another: whoever provokes an error must not have it kept in the place of the file.
/// </para>
/// <para>A path at which there is no regular file that may be read is answered with 404. Do not make the path of what a client sends: <see cref="StaticFiles"/> knows how.</para>
/// <para>A file that becomes shorter while it is sent breaks the connection off, since its length has been announced: replace files by renaming.</para>
/// </remarks>
public sealed class FileResponse : StreamResponse
{
    private readonly FileVariants? _found;
    private FileVariants? _variants;
    private OpenFile? _file;
    private FilePart[] _parts = [];
    private byte[] _text = [];
    private long _length;
    private string? _type;

    /// <summary>Makes a response of a file.</summary>
    /// <param name="path">The path; a relative one counts from the current directory.</param>
    /// <param name="status">The status, 200 to 599; default 200.</param>
    /// <exception cref="ArgumentException">The path is empty or has characters that no path may have.</exception>
    public FileResponse(string path, int status = 200) : base(status)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FilePath = Path.GetFullPath(path);
    }

    /// <summary>A file that was found before; it need not be open any more.</summary>
    internal FileResponse(string fullPath, FileVariants found) : base(200)
    {
        FilePath = fullPath;
        _found = found;
    }

    /// <summary>The full path of the file.</summary>
    public string FilePath { get; }

    /// <summary>
    /// Whether a file of the same name with <c>.br</c>, <c>.zst</c> or <c>.gz</c> behind it is sent in place of the file to a client that likes its coding better
    /// (RFC 9110 section 12.5.3). It must be a regular file, no link. Default true; responses carry <c>Vary: Accept-Encoding</c> then. Content-Encoding set by hand switches it off.
    /// </summary>
    public bool Precompressed { get; init; } = true;

    internal override long? DeclaredLength => IsEncoded ? null : _length;

    internal override (string? ContentType, long? Length) Represented => Status == 304 ? (_type, _file!.Length) : base.Represented;

    internal override bool BodyFollowsAtOnce => true;

    internal override ValueTask ReleaseAsync()
    {
        _file = null;
        _variants?.Release();
        _variants = null;
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask StartAsync(Request request)
    {
        if (!IsPrepared)
            Open(request);
        return base.StartAsync(request);
    }

    // One that was found encoded is not encoded again; a 304 that stands for it does not say so any more.
    private protected override void BeforeHead(Request request)
    {
        if (_file?.ContentEncoding is null)
            base.BeforeHead(request);
    }

    private protected override async ValueTask EndAsync(ResponseWriter writer, ResponseHeaders? trailers, CancellationToken cancellationToken)
    {
        if (writer.HasBody)
        {
            if (_text.Length > 0)
                await writer.WriteAsync(_text, cancellationToken).ConfigureAwait(false);
            foreach (var part in _parts)
            {
                if (part.Prefix.Length > 0)
                    await writer.WriteAsync(part.Prefix, cancellationToken).ConfigureAwait(false);
                if (part.Count > 0)
                    await writer.WriteFileAsync(_file!.Handle, part.Offset, part.Count, cancellationToken).ConfigureAwait(false);
            }
        }
        await writer.EndAsync(trailers, cancellationToken).ConfigureAwait(false);
    }

    private void Open(Request request)
    {
        _variants = _found is not null ? _found.UseOrReopen() : FileVariants.TryOpen(FilePath, followLink: true, out _);
        if (_variants is null)
        {
            SetMissing();
            return;
        }
        bool isPrecompressed = Precompressed && HeadersIfAny?.Contains("Content-Encoding") is not true;
        _file = isPrecompressed ? _variants.Choose(FileCodings.AcceptedBy(request)) : _variants.Plain;
        _length = _file.Length;
        _parts = [new FilePart([], 0, _length)];
        bool isSelected = Status == 200 && request.KnownMethod is KnownMethod.Get or KnownMethod.Head;
        Describe(isPrecompressed, isSelected, request.Exchange.TimeProvider.GetUtcNow());
        if (isSelected)
            Answer(request);
    }

    /// <summary>What the head says of the file, where the handler has not said otherwise.</summary>
    /// <param name="isPrecompressed">Whether it was looked for in other codings.</param>
    /// <param name="isSelected">Whether it is the representation that conditions and ranges are about (RFC 9110 section 3.2).</param>
    /// <param name="now">The present time.</param>
    private void Describe(bool isPrecompressed, bool isSelected, DateTimeOffset now)
    {
        if (ContentType is null)
        {
            var type = ContentTypes.Of(FilePath);
            SetContentType(type.Text, type.Bytes);
        }
        _type = ContentType;
        var headers = Headers;
        // By the time of an error page a cache would reckon how long the error may stand (RFC 9111 section 4.2.2).
        if (Status < 400 && !headers.Contains("ETag"))
            headers.Add("ETag", _file!.ETagText);
        if (Status < 400 && !headers.Contains("Last-Modified"))
            headers.Add("Last-Modified", _file!.LastModified <= now ? _file.LastModifiedText : HttpDate.ToString(now)); // Never in the future: RFC 9110 section 8.8.2.1.
        if (isSelected)
            headers["Accept-Ranges"] = "bytes";
        if (_file!.ContentEncoding is { } coding)
            headers.Add("Content-Encoding", coding);
        if (isPrecompressed)
            headers.Add("Vary", "Accept-Encoding");
    }

    private void Answer(Request request)
    {
        switch (FileConditions.Judge(request, ETag, LastModified))
        {
            case Verdict.NotModified:
                SetEmpty(304);
                return;
            case Verdict.PreconditionFailed:
                SetError(412);
                return;
            case Verdict.ProceedWithoutRange:
                return;
        }
        // RFC 9110 section 14.2: ranges are for GET alone.
        if (request.KnownMethod == KnownMethod.Get && request.Range is { } ranges && FilePart.Of(ranges, _length) is { } parts)
            SetParts(parts);
    }

    private void SetParts(FilePart[] parts)
    {
        if (parts.Length == 0)
        {
            long length = _length;
            SetError(416);
            Headers["Content-Range"] = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bytes */{length}");
            return;
        }
        SetStatus(206);
        if (parts.Length == 1)
        {
            Headers["Content-Range"] = parts[0].ContentRange(_length);
            _parts = parts;
            _length = parts[0].Count;
            return;
        }
        _parts = FilePart.AsMultipart(parts, ContentType, _length, out string boundary);
        _length = _parts.Sum(part => part.Prefix.Length + part.Count);
        ContentType = $"multipart/byteranges; boundary={boundary}";
    }

    private void SetStatus(int status)
    {
        Status = status;
        Reason = null;
    }

    /// <summary>An answer without the file, and so without what is said of its bytes. A 304 keeps what caches want to know (RFC 9110 section 15.4.5).</summary>
    private void SetEmpty(int status)
    {
        SetStatus(status);
        ContentType = null;
        Remove("Content-Encoding", "Content-Disposition", "Content-Language");
        _parts = [];
        _length = 0;
    }

    /// <summary>What was said of keeping the file is not said of an error, which a cache would hand out in its place.</summary>
    private void SetError(int status)
    {
        SetEmpty(status);
        Remove("Content-Location", "Expires");
        if (CacheControl is not null)
            CacheControl = "no-store";
    }

    private void SetMissing()
    {
        SetError(404);
        Remove("ETag", "Last-Modified", "Accept-Ranges");
        ContentType = Response.TextType;
        _text = System.Text.Encoding.ASCII.GetBytes(HttpException.DefaultText(404));
        _length = _text.Length;
    }

    private void Remove(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            HeadersIfAny?.Remove(name);
    }
}
