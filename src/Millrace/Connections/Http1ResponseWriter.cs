using Microsoft.Win32.SafeHandles;
using Millrace.Messages;
using Millrace.Protocol.Http1;
using Millrace.Protocol.Semantics;

namespace Millrace.Connections;

/// <summary>The body of one streamed response on an HTTP/1 connection: chunks, a declared length, or everything up to the close.</summary>
internal sealed class Http1ResponseWriter(Http1Output output, ResponseFraming framing, StreamResponse response) : ResponseWriter
{
    // Up to here a copy costs less than the second system call that the end of a chunk would need.
    private const int CopiedChunkBytesMax = 16 * 1024;

    // Up to here reading a file behind what is in the output, and sending both at once, costs less than handing it to the system.
    private const int CopiedFileBytesMax = 64 * 1024;

    private ExclusiveUse _use;
    private long _left = framing.ContentLength;
    private volatile bool _ended;

    /// <summary>The response whose body this is.</summary>
    public StreamResponse Response => response;

    public override bool HasBody => framing.HasBody;

    public static IOException ClientGone() => new("The client has closed the connection.");

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Enter();
        try
        {
            CheckLength(data.Length);
            if (data.IsEmpty || !framing.HasBody)
                return;
            _left -= data.Length;
            bool isSent = framing.Body == BodyFraming.Chunked ? await SendChunkAsync(data).ConfigureAwait(false) : await output.SendAsync(data).ConfigureAwait(false);
            if (!isSent)
                throw ClientGone();
        }
        finally
        {
            _use.Leave();
        }
    }

    public override async ValueTask WriteFileAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellationToken)
    {
        if (framing.Body == BodyFraming.Chunked)
        {
            await base.WriteFileAsync(file, offset, count, cancellationToken).ConfigureAwait(false);
            return;
        }
        cancellationToken.ThrowIfCancellationRequested();
        Enter();
        try
        {
            CheckLength(count);
            if (count == 0 || !framing.HasBody)
                return;
            _left -= count;
            if (count <= CopiedFileBytesMax)
            {
                if (!output.AppendFile(file, offset, (int)count))
                    throw FileIsShorter();
                // What is small waits for the end of the response, or for the responses to pipelined requests behind it.
                if (output.Count > OutputBuffer.FlushAt && !await output.FlushAsync().ConfigureAwait(false))
                    throw ClientGone();
                return;
            }
            long sent = await output.SendFileAsync(file, offset, count).ConfigureAwait(false);
            if (sent != count)
                throw sent < 0 ? ClientGone() : FileIsShorter();
        }
        finally
        {
            _use.Leave();
        }
    }

    public override async ValueTask EndAsync(ResponseHeaders? trailers, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            if (framing.Body == BodyFraming.Length && framing.HasBody && _left > 0)
                throw new InvalidOperationException($"{_left} bytes less were written than the {framing.ContentLength} that ContentLength announced.");
            _ended = true;
            if (framing.Body == BodyFraming.Chunked)
                output.AppendLastChunk(trailers);
            // Without chunks nothing is left to send, but for a head or a small file that waited for each other.
            if (output.Count > 0 && !await output.FlushAsync().ConfigureAwait(false))
                throw ClientGone();
        }
        finally
        {
            _use.Leave();
        }
    }

    /// <summary>The request is over: from here on every write throws. Completes when a write that was still under way is out.</summary>
    public Task CloseAsync()
    {
        _ended = true;
        return _use.WhenLeftAsync();
    }

    private void Enter()
    {
        if (!_use.TryEnter())
            throw new InvalidOperationException("Another write to this response is under way: await each before the next.");
        if (_ended)
        {
            _use.Leave();
            throw new InvalidOperationException("The response is at its end: nothing can be written any more.");
        }
    }

    private void CheckLength(long count)
    {
        if (framing.Body == BodyFraming.Length && framing.HasBody && count > _left)
            throw new InvalidOperationException($"More was written than the {framing.ContentLength} bytes that ContentLength announced.");
    }

    private async ValueTask<bool> SendChunkAsync(ReadOnlyMemory<byte> data)
    {
        output.AppendChunkPrefix(data.Length);
        if (data.Length > CopiedChunkBytesMax)
        {
            if (!await output.SendAsync(data).ConfigureAwait(false))
                return false;
        }
        else
        {
            output.Append(data.Span);
        }
        output.Append(ChunkWriter.Suffix);
        return await output.FlushAsync().ConfigureAwait(false);
    }
}
