using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Millrace.Messages;

/// <summary>Writes JSON into rented memory, with a writer that each thread keeps.</summary>
internal sealed class JsonBuffer : IBufferWriter<byte>
{
    private const int FirstBytesMin = 1024;
    private const int FirstBytesMax = 64 * 1024;

    // What System.Text.Json takes where the options say nothing.
    private const int DepthMax = 64;

    // Null while it is in use: a converter may write JSON of its own in between.
    [ThreadStatic]
    private static JsonBuffer? _idle;

    private readonly JsonSerializerOptions _options;
    private readonly Utf8JsonWriter _writer;
    private byte[] _array = [];
    private int _count;
    private int _firstBytes = FirstBytesMin;

    private JsonBuffer(JsonSerializerOptions options)
    {
        _options = options;
        _writer = new Utf8JsonWriter(this, new JsonWriterOptions
        {
            Encoder = options.Encoder,
            Indented = options.WriteIndented,
            IndentCharacter = options.IndentCharacter,
            IndentSize = options.IndentSize,
            NewLine = options.NewLine,
            MaxDepth = options.MaxDepth == 0 ? DepthMax : options.MaxDepth,
            SkipValidation = true,
        });
    }

    /// <summary>A value as JSON in the front of memory of <see cref="ArrayPool{T}.Shared"/>, which is the caller's to return.</summary>
    /// <exception cref="JsonException">The value cannot be serialised.</exception>
    public static byte[] Write<T>(T value, JsonTypeInfo<T> typeInfo, out int length)
    {
        var buffer = Take(typeInfo.Options);
        try
        {
            JsonSerializer.Serialize(buffer._writer, value, typeInfo);
            return buffer.GiveBack(out length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer._array);
            throw;
        }
    }

    /// <summary>As <see cref="Write{T}"/>, of a value whose type only the metadata knows; into memory of its own.</summary>
    public static byte[] WriteAnew(object? value, JsonTypeInfo typeInfo) => JsonSerializer.SerializeToUtf8Bytes(value, typeInfo);

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_count);
    }

    private static JsonBuffer Take(JsonSerializerOptions options)
    {
        var buffer = _idle is { } idle && idle._options == options ? idle : new JsonBuffer(options);
        _idle = null;
        buffer._array = ArrayPool<byte>.Shared.Rent(buffer._firstBytes);
        buffer._count = 0;
        buffer._writer.Reset(buffer);
        return buffer;
    }

    private byte[] GiveBack(out int length)
    {
        byte[] array = _array;
        length = _count;
        _array = [];
        // The next one is probably as long; the writer wants some room behind each value.
        _firstBytes = Math.Clamp(length + length / 4, FirstBytesMin, FirstBytesMax);
        _idle = this;
        return array;
    }

    private void Reserve(int sizeHint)
    {
        if (_array.Length - _count >= Math.Max(sizeHint, 1))
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_count + sizeHint, _array.Length * 2));
        _array.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
