using System.Runtime.ExceptionServices;
using Millrace.Messages;

namespace Millrace;

public sealed partial class Request
{
    private RequestForm? _form;
    private ExceptionDispatchInfo? _formFailure;
    private MultipartReader? _multipart;

    /// <summary>
    /// Reads the whole body as a form (aiohttp: <c>post()</c>): application/x-www-form-urlencoded or multipart/form-data. Another Content-Type, or a method other than
    /// POST, PUT, PATCH and DELETE, gives an empty form. A second call returns the same form, or fails as the first did.
    /// </summary>
    /// <remarks>
    /// <see cref="BodyBytesMax"/> holds for the sum of all bytes, heads of parts included. Files up to 64 KiB stay in memory, up to
    /// <see cref="ServerOptions.FormMemoryBytesMax"/> in all; others lie in one temporary file, which is gone when the request ends.
    /// </remarks>
    /// <exception cref="HttpException">The form is malformed (400), larger than <see cref="BodyBytesMax"/>, <see cref="ServerOptions.FormMemoryBytesMax"/> or <see cref="ServerOptions.FormPartsMax"/> (413; the head of a part: 431), or in an unknown charset or coding (415).</exception>
    /// <exception cref="IOException">The client closed the connection before the end of the body, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public async ValueTask<RequestForm> PostAsync(CancellationToken cancellationToken = default)
    {
        _view.ThrowIfEnded();
        _formFailure?.Throw();
        if (_form is not null)
            return _form;
        try
        {
            _form = await FormReading.ReadAsync(this, _settings.Forms, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            _formFailure = ExceptionDispatchInfo.Capture(e);
            throw;
        }
        // Whoever ended the request did not see the form.
        if (_view.IsEnded)
            _form.End();
        _view.ThrowIfEnded();
        return _form;
    }

    /// <summary>
    /// The parts of a multipart body as they come (aiohttp: <c>multipart()</c>). Nothing is collected, so the size of the body has no limit here. A second call returns the same reader.
    /// </summary>
    /// <exception cref="HttpException">The Content-Type is not multipart (415) or names no proper boundary (400).</exception>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public MultipartReader Multipart()
    {
        _view.ThrowIfEnded();
        return _multipart ??= MultipartReader.Over(BodyToRead, ContentType, _settings.Forms, long.MaxValue, BodyBytesMax);
    }

    /// <summary>The body, be it collected already or not.</summary>
    internal RequestBody BodyToRead => _bodyBytes is null ? Body : new BufferedBody(_bodyBytes);

    private void EndForms()
    {
        _form?.End();
        _multipart?.End();
    }
}
