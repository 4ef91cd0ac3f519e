using Microsoft.Extensions.Logging;

namespace Millrace;

/// <summary>
/// Limits, timeouts and transport of a host's server, as configuration can say them: the section <c>Millrace:Server</c> is bound to it. What is not set keeps the
/// default of <see cref="ServerOptions"/>.
/// </summary>
public sealed class MillraceServerOptions
{
    /// <summary>See <see cref="ServerOptions.FormPartsMax"/>.</summary>
    public int? FormPartsMax { get; set; }

    /// <summary>See <see cref="ServerOptions.FormMemoryBytesMax"/>.</summary>
    public long? FormMemoryBytesMax { get; set; }

    /// <summary>See <see cref="ServerOptions.FormDirectory"/>.</summary>
    public string? FormDirectory { get; set; }

    /// <summary>See <see cref="ServerOptions.MultipartDepthMax"/>.</summary>
    public int? MultipartDepthMax { get; set; }

    /// <summary>See <see cref="ServerOptions.Transport"/>.</summary>
    public TransportKind? Transport { get; set; }

    /// <summary>See <see cref="ServerOptions.Loops"/>.</summary>
    public int? Loops { get; set; }

    /// <summary>See <see cref="ServerOptions.HandOverInterval"/>.</summary>
    public TimeSpan? HandOverInterval { get; set; }

    /// <summary>See <see cref="ServerOptions.LoopThreadsMax"/>.</summary>
    public int? LoopThreadsMax { get; set; }

    /// <summary>See <see cref="ServerOptions.KeepAliveTimeout"/>.</summary>
    public TimeSpan? KeepAliveTimeout { get; set; }

    /// <summary>See <see cref="ServerOptions.HeadTimeout"/>.</summary>
    public TimeSpan? HeadTimeout { get; set; }

    /// <summary>See <see cref="ServerOptions.BodyTimeout"/>.</summary>
    public TimeSpan? BodyTimeout { get; set; }

    /// <summary>See <see cref="ServerOptions.BodyRateMin"/>.</summary>
    public int? BodyRateMin { get; set; }

    /// <summary>See <see cref="ServerOptions.BodyRateGrace"/>.</summary>
    public TimeSpan? BodyRateGrace { get; set; }

    /// <summary>See <see cref="ServerOptions.RequestTimeout"/>.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>See <see cref="ServerOptions.HandlerTimeout"/>.</summary>
    public TimeSpan? HandlerTimeout { get; set; }

    /// <summary>See <see cref="ServerOptions.HandlerCancellation"/>.</summary>
    public bool? HandlerCancellation { get; set; }

    /// <summary>See <see cref="ServerOptions.ConnectionsMax"/>.</summary>
    public int? ConnectionsMax { get; set; }

    /// <summary>See <see cref="ServerOptions.ConnectionsWaitingMax"/>.</summary>
    public int? ConnectionsWaitingMax { get; set; }

    /// <summary>See <see cref="ServerOptions.ConnectionsPerAddressMax"/>.</summary>
    public int? ConnectionsPerAddressMax { get; set; }

    /// <summary>See <see cref="ServerOptions.WriteTimeout"/>.</summary>
    public TimeSpan? WriteTimeout { get; set; }

    /// <summary>See <see cref="ServerOptions.ResponseRateMin"/>.</summary>
    public int? ResponseRateMin { get; set; }

    /// <summary>See <see cref="ServerOptions.ResponseRateGrace"/>.</summary>
    public TimeSpan? ResponseRateGrace { get; set; }

    /// <summary>See <see cref="ServerOptions.LingeringTimeout"/>.</summary>
    public TimeSpan? LingeringTimeout { get; set; }

    /// <summary>See <see cref="ServerOptions.BodyBytesMax"/>.</summary>
    public long? BodyBytesMax { get; set; }

    /// <summary>See <see cref="ServerOptions.DecodeBodies"/>.</summary>
    public bool? DecodeBodies { get; set; }

    /// <summary>See <see cref="ServerOptions.DecodedBodyBytesMax"/>.</summary>
    public long? DecodedBodyBytesMax { get; set; }

    /// <summary>See <see cref="ServerOptions.DecodedBodyRatioMax"/>.</summary>
    public int? DecodedBodyRatioMax { get; set; }

    /// <summary>See <see cref="ServerOptions.RequestLineBytesMax"/>.</summary>
    public int? RequestLineBytesMax { get; set; }

    /// <summary>See <see cref="ServerOptions.FieldBytesMax"/>.</summary>
    public int? FieldBytesMax { get; set; }

    /// <summary>See <see cref="ServerOptions.FieldCountMax"/>.</summary>
    public int? FieldCountMax { get; set; }

    /// <summary>See <see cref="ServerOptions.HeadBytesMax"/>.</summary>
    public int? HeadBytesMax { get; set; }

    /// <summary>See <see cref="ServerOptions.ServerHeader"/>.</summary>
    public string? ServerHeader { get; set; }

    /// <summary>See <see cref="ServerOptions.DateHeader"/>.</summary>
    public bool? DateHeader { get; set; }

    /// <exception cref="ArgumentException">A value makes no sense; the message says which.</exception>
    internal ServerOptions ToServerOptions(TrustedProxies? proxies, AbstractAccessLogger? accessLog, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var defaults = new ServerOptions();
        return new ServerOptions
        {
            FormPartsMax = FormPartsMax ?? defaults.FormPartsMax,
            FormMemoryBytesMax = FormMemoryBytesMax ?? defaults.FormMemoryBytesMax,
            FormDirectory = FormDirectory ?? defaults.FormDirectory,
            MultipartDepthMax = MultipartDepthMax ?? defaults.MultipartDepthMax,
            Transport = Transport ?? defaults.Transport,
            Loops = Loops ?? defaults.Loops,
            HandOverInterval = HandOverInterval ?? defaults.HandOverInterval,
            LoopThreadsMax = LoopThreadsMax ?? defaults.LoopThreadsMax,
            KeepAliveTimeout = KeepAliveTimeout ?? defaults.KeepAliveTimeout,
            HeadTimeout = HeadTimeout ?? defaults.HeadTimeout,
            BodyTimeout = BodyTimeout ?? defaults.BodyTimeout,
            BodyRateMin = BodyRateMin ?? defaults.BodyRateMin,
            BodyRateGrace = BodyRateGrace ?? defaults.BodyRateGrace,
            RequestTimeout = RequestTimeout ?? defaults.RequestTimeout,
            HandlerTimeout = HandlerTimeout ?? defaults.HandlerTimeout,
            HandlerCancellation = HandlerCancellation ?? defaults.HandlerCancellation,
            ConnectionsMax = ConnectionsMax ?? defaults.ConnectionsMax,
            ConnectionsWaitingMax = ConnectionsWaitingMax ?? defaults.ConnectionsWaitingMax,
            ConnectionsPerAddressMax = ConnectionsPerAddressMax ?? defaults.ConnectionsPerAddressMax,
            WriteTimeout = WriteTimeout ?? defaults.WriteTimeout,
            ResponseRateMin = ResponseRateMin ?? defaults.ResponseRateMin,
            ResponseRateGrace = ResponseRateGrace ?? defaults.ResponseRateGrace,
            LingeringTimeout = LingeringTimeout ?? defaults.LingeringTimeout,
            BodyBytesMax = BodyBytesMax ?? defaults.BodyBytesMax,
            DecodeBodies = DecodeBodies ?? defaults.DecodeBodies,
            DecodedBodyBytesMax = DecodedBodyBytesMax ?? defaults.DecodedBodyBytesMax,
            DecodedBodyRatioMax = DecodedBodyRatioMax ?? defaults.DecodedBodyRatioMax,
            RequestLineBytesMax = RequestLineBytesMax ?? defaults.RequestLineBytesMax,
            FieldBytesMax = FieldBytesMax ?? defaults.FieldBytesMax,
            FieldCountMax = FieldCountMax ?? defaults.FieldCountMax,
            HeadBytesMax = HeadBytesMax ?? defaults.HeadBytesMax,
            ServerHeader = ServerHeader ?? defaults.ServerHeader,
            DateHeader = DateHeader ?? defaults.DateHeader,
            Proxies = proxies,
            AccessLog = accessLog,
            TimeProvider = timeProvider,
            LoggerFactory = loggers,
        };
    }
}
