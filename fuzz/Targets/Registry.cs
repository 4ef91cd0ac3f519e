using Millrace.Fuzz.Engine;

namespace Millrace.Fuzz.Targets;

/// <summary>Every target by its name, in the order in which they run.</summary>
internal static class Registry
{
    private static readonly (string Name, Func<FuzzTarget> Create)[] Targets =
    [
        ("planted", () => new PlantedBugTarget()),
        ("head", () => new RequestHeadTarget()),
        ("chunked", () => new ChunkedBodyTarget()),
        ("multipart", () => new MultipartTarget()),
        ("connection", () => new ConnectionTarget()),
        ("percent", () => new PercentTarget()),
        ("host", () => new HostTarget()),
        ("cookies", () => new CookiesTarget()),
        ("query", () => new QueryTarget()),
        ("date", () => new DateTarget()),
        ("forwarded", () => new ForwardedTarget()),
        ("proxy", () => new ProxyHeaderTarget()),
        ("frames", () => new FramesTarget()),
        ("deflate", () => new DeflateTarget()),
        ("extensions", () => new ExtensionsTarget()),
    ];

    public static IEnumerable<string> Names => Targets.Select(target => target.Name);

    public static FuzzTarget Create(string name) => Targets.Single(target => target.Name == name).Create();
}
