using System.Buffers;

namespace Millrace.Messages;

/// <summary>Collects a form out of a request's body.</summary>
internal static class FormReading
{
    /// <summary>A file up to this size may stay in memory.</summary>
    private const int MemoryFileBytesMax = 64 * 1024;

    public static async ValueTask<RequestForm> ReadAsync(Request request, FormLimits limits, CancellationToken cancellationToken)
    {
        string type = BodyText.MediaType(request.ContentType);
        // RFC 9110 section 9.3: content of other methods means nothing.
        if (request.HasBody && request.Method is "POST" or "PUT" or "PATCH" or "DELETE")
        {
            if (type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
                return await ReadUrlEncodedAsync(request, limits, cancellationToken).ConfigureAwait(false);
            if (type.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
                return await ReadMultipartAsync(request, limits, cancellationToken).ConfigureAwait(false);
        }
        return new RequestForm();
    }

    private static async ValueTask<RequestForm> ReadUrlEncodedAsync(Request request, FormLimits limits, CancellationToken cancellationToken)
    {
        var encoding = BodyText.EncodingOf(request.Charset);
        var body = await request.ReadAsync(cancellationToken).ConfigureAwait(false);
        var form = new RequestForm();
        UrlEncodedForm.Read(body.Span, encoding, limits.PartsMax, form);
        return form;
    }

    private static async ValueTask<RequestForm> ReadMultipartAsync(Request request, FormLimits limits, CancellationToken cancellationToken)
    {
        var source = request.BodyToRead;
        // What was announced as too large is refused before anything of it is read.
        if (source.Length > request.BodyBytesMax)
            throw RequestBody.TooLarge(request.BodyBytesMax);
        limits = limits with { Heads = limits.Heads with { PartsMax = limits.PartsMax } };
        var reader = MultipartReader.Over(source, request.ContentType, limits, request.BodyBytesMax, limits.MemoryBytesMax);
        var spool = new FormSpool(limits.Directory);
        try
        {
            var form = new RequestForm(spool);
            var collecting = new Collecting(form, spool, limits.MemoryBytesMax, request.BodyBytesMax);
            while (await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } part)
                await collecting.AddAsync(part, cancellationToken).ConfigureAwait(false);
            await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
            return form;
        }
        catch
        {
            spool.Dispose();
            reader.End();
            throw;
        }
    }

    private sealed class Collecting(RequestForm form, FormSpool spool, long memoryBytesMax, long bytesMax)
    {
        private long _memoryBytes;
        private long _bytes;
        private string? _charset;

        public ValueTask AddAsync(MultipartPart part, CancellationToken cancellationToken)
        {
            if (part.Name is null || !BodyText.MediaType(part.Headers["Content-Disposition"]).Equals("form-data", StringComparison.OrdinalIgnoreCase))
                throw new HttpBadRequestException("Each part of a form must have a name in Content-Disposition: form-data.");
            // RFC 7578 section 4.3 has given nesting up.
            if (BodyText.MediaType(part.ContentType).StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
                throw new HttpBadRequestException("The parts of a form cannot be multipart: send several parts of one name.");
            // A browser sends an empty name where no file was chosen.
            return string.IsNullOrEmpty(part.FileName) ? AddFieldAsync(part, cancellationToken) : AddFileAsync(part, cancellationToken);
        }

        private async ValueTask AddFieldAsync(MultipartPart part, CancellationToken cancellationToken)
        {
            var bytes = await part.ReadAsync(cancellationToken).ConfigureAwait(false);
            Count(bytes.Length);
            Keep(bytes.Length);
            string text = BodyText.Decode(bytes, BodyText.Charset(part.ContentType) ?? _charset);
            // RFC 7578 section 4.6: a field of that name tells the charset of those behind it.
            if (part.Name == "_charset_")
                _charset = text;
            else
                form.Add(part.Name!, text);
        }

        private async ValueTask AddFileAsync(MultipartPart part, CancellationToken cancellationToken)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(MemoryFileBytesMax);
            try
            {
                var piece = buffer.AsMemory(0, MemoryFileBytesMax);
                int count = await FillAsync(part.Body, piece, cancellationToken).ConfigureAwait(false);
                if (part.Body.IsCompleted && count <= memoryBytesMax - _memoryBytes)
                {
                    Keep(count);
                    form.Add(new UploadedFile(part, piece[..count].ToArray()));
                    return;
                }
                long start = spool.Length;
                while (count > 0)
                {
                    await spool.AppendAsync(piece[..count], cancellationToken).ConfigureAwait(false);
                    count = await FillAsync(part.Body, piece, cancellationToken).ConfigureAwait(false);
                }
                form.Add(new UploadedFile(part, spool, start, spool.Length - start));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        private void Keep(int bytes)
        {
            _memoryBytes += bytes;
            if (_memoryBytes > memoryBytesMax)
                throw RequestBody.TooLarge(memoryBytesMax);
        }

        /// <summary>Fills the buffer, and looks for the end behind it.</summary>
        private async ValueTask<int> FillAsync(RequestBody body, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            int count = 0;
            while (count < buffer.Length && await body.ReadAsync(buffer[count..], cancellationToken).ConfigureAwait(false) is > 0 and var n)
                count += n;
            Count(count);
            return count;
        }

        /// <summary>The reader counts what is sent; parts decode to more.</summary>
        private void Count(int bytes)
        {
            _bytes += bytes;
            if (_bytes > bytesMax)
                throw RequestBody.TooLarge(bytesMax);
        }
    }
}
