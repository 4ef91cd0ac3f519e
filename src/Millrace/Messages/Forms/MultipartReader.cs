using Millrace.Messages;
using Millrace.Protocol.Multipart;
using Millrace.Protocol.Semantics;

namespace Millrace;

/// <summary>
/// A multipart body, read part by part as it comes (aiohttp: MultipartReader): <c>await foreach (var part in request.Multipart())</c>.
/// </summary>
/// <remarks>
/// Nothing but one buffer is held in memory. The whole body has no limit here; what is collected of a part has (<see cref="MultipartPart.ReadAsync"/>).
/// What is malformed throws an <see cref="HttpException"/> with 400.
/// </remarks>
public sealed class MultipartReader : IAsyncEnumerable<MultipartPart>
{
    private const int BufferBytes = 64 * 1024;
    private const int NestedBufferBytes = 8 * 1024;

    private readonly RequestBody _source;
    private readonly MultipartMachine _machine;
    private readonly long _bytesMax;
    private readonly int _depth;

    // Not from a pool: nobody can give it back while a read may still be under way.
    private readonly byte[] _buffer;
    private int _start;
    private int _end;
    private int _dataStart;
    private int _dataLength;
    private long _bytes;
    private MultipartPart? _part;
    private bool _inPart;
    private bool _ended;
    private bool _disposed;

    private MultipartReader(RequestBody source, string boundary, FormLimits limits, long bytesMax, long partBytesMax, int depth)
    {
        _source = source;
        _machine = new MultipartMachine(boundary, limits.Heads);
        _bytesMax = bytesMax;
        _depth = depth;
        Limits = limits;
        PartBytesMax = partBytesMax;
        int size = depth > 1 ? NestedBufferBytes : BufferBytes;
        _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(source.Length ?? size, _machine.UnconsumedMax + 256, size));
    }

    internal FormLimits Limits { get; }

    internal long PartBytesMax { get; }

    /// <summary>The next part, or null when there is none. What is left of the one before is passed over.</summary>
    /// <exception cref="HttpException">The body is malformed or cut off (400), or the head of a part is too large (431).</exception>
    /// <exception cref="IOException">The client closed the connection before the end.</exception>
    public async ValueTask<MultipartPart?> NextAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(Request));
        if (_part is not null)
        {
            _part.Raw.PassOver();
            while (_inPart && await AdvanceAsync(cancellationToken).ConfigureAwait(false))
                _dataLength = 0;
            _part.End();
            _part = null;
        }
        while (!_ended)
        {
            switch (Step())
            {
                case MultipartStep.Part:
                    _inPart = true;
                    return _part = new MultipartPart(this, new PartHeaders(_machine.Head));
                case MultipartStep.Complete:
                    _ended = true;
                    break;
                default:
                    await FillAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
        return null;
    }

    /// <summary>The parts in their order, each valid until the next is asked for.</summary>
    public async IAsyncEnumerator<MultipartPart> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await NextAsync(cancellationToken).ConfigureAwait(false) is { } part)
            yield return part;
    }

    /// <summary>A reader of that body.</summary>
    /// <param name="source">The body.</param>
    /// <param name="contentType">Its Content-Type.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="bytesMax">Most bytes of the whole, heads and all.</param>
    /// <param name="partBytesMax">Most bytes of a part that are collected.</param>
    /// <exception cref="HttpException">The type is not multipart (415) or has no proper boundary (400).</exception>
    internal static MultipartReader Over(RequestBody source, string? contentType, FormLimits limits, long bytesMax, long partBytesMax) =>
        Over(source, contentType, limits, bytesMax, partBytesMax, depth: 1);

    internal MultipartReader Nested(MultipartPart part)
    {
        if (_depth >= Limits.DepthMax)
            throw ProtocolRefusal.Of(ProtocolFault.MultipartTooDeep);
        return Over(part.Body, part.ContentType, Limits, long.MaxValue, PartBytesMax, _depth + 1);
    }

    /// <summary>Data of the part that is read now; 0 at its end.</summary>
    internal async ValueTask<int> ReadDataAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!await AdvanceAsync(cancellationToken).ConfigureAwait(false))
            return 0;
        int count = Math.Min(buffer.Length, _dataLength);
        _buffer.AsSpan(_dataStart, count).CopyTo(buffer.Span);
        _dataStart += count;
        _dataLength -= count;
        return count;
    }

    /// <summary>Passes over all parts that are left and what follows them, so that it counts against the limit.</summary>
    internal async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
        }
        _start = _end = 0;
        while (await ReceiveAsync(cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    /// <summary>The request is over.</summary>
    internal void End()
    {
        _disposed = true;
        _part?.End();
    }

    private static MultipartReader Over(RequestBody source, string? contentType, FormLimits limits, long bytesMax, long partBytesMax, int depth)
    {
        if (!BodyText.MediaType(contentType).StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
            throw new HttpUnsupportedMediaTypeException("The content is not multipart.", "multipart/form-data");
        string? boundary = FieldParameters.Find(contentType, "boundary");
        if (!BoundarySyntax.IsBoundary(boundary))
            throw ProtocolRefusal.Of(ProtocolFault.BadMultipartBoundary);
        return new MultipartReader(source, boundary!, limits, bytesMax, partBytesMax, depth);
    }

    /// <summary>True with data of the current part at hand; false at its end.</summary>
    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        while (_dataLength == 0)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Request));
            switch (Step())
            {
                case MultipartStep.Data:
                    return true;
                case MultipartStep.PartEnd:
                    // Its decoder goes later: it may be what reads here.
                    _part!.Raw.End();
                    _inPart = false;
                    return false;
                default:
                    await FillAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
        return true;
    }

    private MultipartStep Step()
    {
        var step = _machine.Read(_buffer.AsSpan(_start, _end - _start), out int consumed, out int dataStart, out _dataLength);
        _dataStart = _start + dataStart;
        _start += consumed;
        return step == MultipartStep.Fault ? throw ProtocolRefusal.Of(_machine.Fault) : step;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int n = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        _end += n;
        if (n == 0 && !_machine.End())
            throw ProtocolRefusal.Of(_machine.Fault);
    }

    private async ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        int n = await _source.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _bytes += n;
        // One count for the whole body: preamble, heads and epilogue are somebody's bytes too (CVE-2025-69228).
        return _bytes > _bytesMax ? throw RequestBody.TooLarge(_bytesMax) : n;
    }
}
