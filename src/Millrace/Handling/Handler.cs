namespace Millrace;

/// <summary>
/// Answers a request. It may answer at once or after awaiting; either way it may block its thread without stopping other
/// connections (on Linux: see <see cref="ServerOptions.HandOverInterval"/>).
/// </summary>
/// <param name="request">The request; it ends when the response is sent.</param>
public delegate ValueTask<StreamResponse> Handler(Request request);
