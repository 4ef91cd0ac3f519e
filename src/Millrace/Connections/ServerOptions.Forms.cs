namespace Millrace;

public sealed partial class ServerOptions
{
    /// <summary>Most fields and files of a form that <see cref="Request.PostAsync"/> reads; default 1024 (ASP.NET Core). Then 413.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int FormPartsMax { get; init => field = AtLeast(value, 1); } = 1024;

    /// <summary>Most bytes of a form that are kept in memory; default 1 MiB. Fields beyond it are refused with 413, files go to disk.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public long FormMemoryBytesMax { get; init => field = AtLeast(value, 0); } = 1024 * 1024;

    /// <summary>The directory of the temporary files of forms; null, the default: the system's (<see cref="Path.GetTempPath"/>), which may be memory.</summary>
    public string? FormDirectory { get; init; }

    /// <summary>How deep multipart bodies may lie in one another (<see cref="MultipartPart.Multipart"/>), the request's own counted; default 4. Then 400.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public int MultipartDepthMax { get; init => field = AtLeast(value, 1); } = 4;
}
