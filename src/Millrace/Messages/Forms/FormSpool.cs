using Microsoft.Win32.SafeHandles;

namespace Millrace.Messages;

/// <summary>
/// The one temporary file of a form: what does not stay in memory lies in it, file behind file, so that ten thousand files cost one descriptor. It is made when it is
/// first needed. On Unix it has no name from the moment it is open, so nothing is left over whatever becomes of the process.
/// </summary>
internal sealed class FormSpool(string? directory) : IDisposable
{
    private readonly Lock _lock = new();
    private FileStream? _file;
    private bool _disposed;

    /// <summary>Bytes written so far: where the next begins.</summary>
    public long Length { get; private set; }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(Handle(), bytes, Length, cancellationToken).ConfigureAwait(false);
        Length += bytes.Length;
    }

    public Stream OpenRead(long start, long length) => new Window(Handle(), start, length);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _file?.Dispose();
        }
    }

    private SafeFileHandle Handle()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Request));
            return (_file ??= Create()).SafeFileHandle;
        }
    }

    private FileStream Create()
    {
        string path = Path.Combine(directory ?? Path.GetTempPath(), $"millrace-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = OperatingSystem.IsWindows() ? FileOptions.Asynchronous | FileOptions.DeleteOnClose : FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }

    /// <summary>One file of the form. Many may be read at once: each knows its place.</summary>
    private sealed class Window(SafeFileHandle handle, long start, long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set
            {
                ArgumentOutOfRangeException.ThrowIfNegative(value);
                _position = value;
            }
        }

        public override int Read(Span<byte> buffer) => Advance(RandomAccess.Read(handle, buffer[..Fitting(buffer.Length)], start + _position));

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Advance(await RandomAccess.ReadAsync(handle, buffer[..Fitting(buffer.Length)], start + _position, cancellationToken).ConfigureAwait(false));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => length,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An uploaded file is read only.");

        private int Fitting(int wanted) => (int)Math.Clamp(length - _position, 0, wanted);

        private int Advance(int count)
        {
            _position += count;
            return count;
        }
    }
}
