namespace Millrace.Transport.Files;

/// <summary>What is known of a file. Two that are equal are of the same content, as far as one can know without reading it.</summary>
/// <param name="IsRegular">Whether it is a file with bytes of its own: no directory, pipe, socket or device.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Modified">When its content was last changed, with as much of a second as .NET can hold.</param>
/// <param name="Identity">What tells it from a file that was put in its place; 0 where the system does not tell.</param>
internal readonly record struct FileFacts(bool IsRegular, bool IsDirectory, long Length, DateTimeOffset Modified, UInt128 Identity);
