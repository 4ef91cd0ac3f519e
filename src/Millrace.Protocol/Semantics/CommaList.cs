namespace Millrace.Protocol.Semantics;

/// <summary>Walks a comma-separated list (RFC 9110 5.6.1) of tokens; members come without the white space around them, empty ones too.</summary>
internal ref struct CommaList(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;
    private bool _isOver;

    public bool TryNext(out ReadOnlySpan<byte> member)
    {
        if (_isOver)
        {
            member = [];
            return false;
        }

        var comma = _rest.IndexOf((byte)',');
        _isOver = comma < 0;
        member = AsciiSets.TrimBlanks(_isOver ? _rest : _rest[..comma]);
        _rest = _isOver ? [] : _rest[(comma + 1)..];
        return true;
    }
}
