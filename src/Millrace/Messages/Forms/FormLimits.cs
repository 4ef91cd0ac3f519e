using Millrace.Protocol.Multipart;

namespace Millrace.Messages;

/// <summary>What reading forms and multipart bodies may cost.</summary>
/// <param name="Heads">The limits of the heads of parts.</param>
/// <param name="PartsMax">Most fields and files of a form.</param>
/// <param name="MemoryBytesMax">Most bytes of a form that are kept in memory.</param>
/// <param name="Directory">Where files go that are not; null: the system's directory for temporary files.</param>
/// <param name="DepthMax">How deep multipart bodies may lie in one another.</param>
/// <param name="Decoding">What decoding a part with a Content-Encoding may cost.</param>
internal sealed record FormLimits(MultipartLimits Heads, int PartsMax, long MemoryBytesMax, string? Directory, int DepthMax, DecodingLimits Decoding);
