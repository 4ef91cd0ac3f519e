using Millrace.Protocol.Multipart;

namespace Millrace.Messages;

/// <summary>The body of a part without its Content-Transfer-Encoding (RFC 2045 section 6).</summary>
internal sealed class TransferDecodedBody(RequestBody encoded, TransferDecodedBody.Decoder decode) : RequestBody
{
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Decodes as much as fits and is there whole; false for what is not in the coding. With no input: whether it may end here.</summary>
    internal delegate bool Decoder(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written);

    public override long? Length => null;

    private protected override bool IsReceived => _ended;

    /// <summary>The body decoded, or itself where the coding changes nothing.</summary>
    /// <exception cref="HttpException">The coding is unknown here (415).</exception>
    public static RequestBody Over(RequestBody body, string? coding) => coding?.ToLowerInvariant() switch
    {
        null or "7bit" or "8bit" or "binary" => body,
        "base64" => new TransferDecodedBody(body, Base64()),
        "quoted-printable" => new TransferDecodedBody(body, QuotedPrintable.TryDecode),
        _ => throw new HttpUnsupportedMediaTypeException("A part's Content-Transfer-Encoding is not supported. Send binary, base64 or quoted-printable."),
    };

    private protected override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty || _ended)
            return 0;
        // Three bytes are the least that a group of base64 gives.
        byte[]? small = buffer.Length < 3 ? new byte[3] : null;
        while (true)
        {
            if (!decode(_buffer.AsSpan(_start, _end - _start), small ?? buffer.Span, out int consumed, out int written))
                throw Invalid();
            _start += consumed;
            if (written > 0)
                return small is null ? written : PushBackBeyond(small.AsSpan(0, written), buffer.Span);
            if (await FillAsync(cancellationToken).ConfigureAwait(false))
                continue;
            if (_start < _end || !decode([], [], out _, out _))
                throw Invalid();
            _ended = true;
            return 0;
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int n = await encoded.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += n;
        return n > 0;
    }

    private int PushBackBeyond(ReadOnlySpan<byte> decoded, Span<byte> buffer)
    {
        int fits = Math.Min(decoded.Length, buffer.Length);
        decoded[..fits].CopyTo(buffer);
        PushBack(decoded[fits..]);
        return fits;
    }

    private static Decoder Base64()
    {
        var machine = new Base64Machine();
        return (ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written) =>
            machine.TryDecode(input, output, out consumed, out written) && (!input.IsEmpty || !output.IsEmpty || machine.IsWhole);
    }

    private static HttpBadRequestException Invalid() => new("A part is not valid in its Content-Transfer-Encoding.");
}
