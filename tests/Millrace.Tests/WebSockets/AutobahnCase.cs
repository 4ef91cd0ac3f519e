using System.Text;

namespace Millrace.Tests.WebSockets;

/// <summary>What a client sends in one case of the Autobahn suite, and what comes back: messages, pongs, and the close.</summary>
/// <param name="Pieces">What is sent, in one piece each where the chop does not cut it.</param>
/// <param name="Expected">The first byte and the payload of each frame.</param>
/// <param name="Code">The code of the server's close; null if the client closes at the end.</param>
internal sealed record AutobahnCase(byte[][] Pieces, (int First, byte[] Payload)[] Expected, int? Code = null)
{
    // The sequence of the suite: Greek and a euro sign.
    private const string Kosme = "\u03BA\u1F79\u03C3\u03BC\u03B5";

    private static readonly byte[] Surrogate = [0xED, 0xA0, 0x80];

    private static readonly string[] GoodTexts =
    [
        "", "Hello-µ@ßöäüàá-UTF-8!!", Kosme, "\u0000", "\u0080", "\u0800", "\U00010000", "\u007F", "\u07FF", "\uFFFF", "\U0010FFFF", "\uD7FF", "\uE000", "\uFFFD",
        "\uFFFE", "\U0001FFFE", "\U0001FFFF", "\U000FFFFE", "\U000FFFFF", "\U0010FFFE",
    ];

    // RFC 3629; the numbers of the suite.
    private static readonly (string Id, string Hex)[] BadTexts =
    [
        ("6.3.1", "cebae1bdb9cf83cebcceb5eda080656469746564"), ("6.6.2", "ce"), ("6.6.4", "cebae1"), ("6.6.5", "cebae1bd"), ("6.6.7", "cebae1bdb9cf"), ("6.6.9", "cebae1bdb9cf83ce"), ("6.6.11", "cebae1bdb9cf83cebcce"),
        ("6.8.1", "f888808080"), ("6.8.2", "fc8480808080"), ("6.10.1", "f7bfbfbf"), ("6.10.2", "fbbfbfbfbf"), ("6.10.3", "fdbfbfbfbfbf"), ("6.11.5", "f4908080"),
        ("6.12.1", "80"), ("6.12.2", "bf"), ("6.12.3", "80bf"), ("6.12.4", "80bf80"), ("6.12.5", "80bf80bf"), ("6.12.6", "80bf80bf80"), ("6.12.7", "80bf80bf80bf"), ("6.12.8", "80818283848586878889beb0"),
        ("6.13.1", "c020c120c220c320"), ("6.13.2", "e020e120e220"), ("6.13.3", "f020f120f220"), ("6.13.4", "f820f920fa20fb20"), ("6.13.5", "fc20fd20"),
        ("6.14.1", "c0"), ("6.14.2", "e080"), ("6.14.3", "f08080"), ("6.14.4", "f8808080"), ("6.14.5", "fc80808080"), ("6.14.6", "df"), ("6.14.7", "efbf"), ("6.14.8", "f7bfbf"), ("6.14.9", "fbbfbfbf"), ("6.14.10", "fdbfbfbfbf"),
        ("6.15.1", "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"), ("6.16.1", "fe"), ("6.16.2", "ff"), ("6.16.3", "fefeffff"),
        ("6.17.1", "c0af"), ("6.17.2", "e080af"), ("6.17.3", "f08080af"), ("6.17.4", "f8808080af"), ("6.17.5", "fc80808080af"), ("6.18.1", "c1bf"), ("6.18.2", "e09fbf"), ("6.18.3", "f08fbfbf"), ("6.18.4", "f887bfbfbf"), ("6.18.5", "fc83bfbfbfbf"),
        ("6.19.1", "c080"), ("6.19.2", "e08080"), ("6.19.3", "f0808080"), ("6.19.4", "f880808080"), ("6.19.5", "fc8080808080"),
        ("6.20.1", "eda080"), ("6.20.2", "edadbf"), ("6.20.3", "edae80"), ("6.20.4", "edafbf"), ("6.20.5", "edb080"), ("6.20.6", "edbe80"), ("6.20.7", "edbfbf"),
        ("6.21.1", "eda080edb080"), ("6.21.2", "eda080edbfbf"), ("6.21.3", "edadbfedb080"), ("6.21.4", "edadbfedbfbf"), ("6.21.5", "edae80edb080"), ("6.21.8", "edafbfedbfbf"),
    ];

    /// <summary>Every case of the sections 1 to 7 and 10 by its number.</summary>
    public static Dictionary<string, AutobahnCase> All()
    {
        var cases = new Dictionary<string, AutobahnCase>();
        AddFraming(cases);
        AddPings(cases);
        AddReserved(cases);
        AddFragments(cases);
        AddTexts(cases);
        AddCloses(cases);
        return cases;
    }

    private static void AddFraming(Dictionary<string, AutobahnCase> cases)
    {
        int[] sizes = [0, 125, 126, 127, 128, 65535, 65536];
        for (int i = 0; i < sizes.Length; i++)
        {
            cases[$"1.1.{i + 1}"] = Echo(0x81, Stars(sizes[i]));
            cases[$"1.2.{i + 1}"] = Echo(0x82, [.. Enumerable.Repeat((byte)0xFE, sizes[i])]);
        }
        // In fragments of 1300 bytes.
        byte[] text = Stars(65536);
        var pieces = text.Chunk(1300).ToArray();
        cases["10.1.1"] = new AutobahnCase([.. pieces.Select((piece, i) => WsClient.Frame((i == 0 ? 1 : 0) | (i == pieces.Length - 1 ? 0x80 : 0), piece))], [(0x81, text)]);
    }

    private static void AddPings(Dictionary<string, AutobahnCase> cases)
    {
        byte[][] payloads = [[], Bytes("Hello, world!"), [0, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0, 0xFF], [.. Enumerable.Repeat((byte)0xFE, 125)]];
        for (int i = 0; i < payloads.Length; i++)
            cases[$"2.{i + 1}"] = new AutobahnCase([WsClient.Frame(0x89, payloads[i])], [(0x8A, payloads[i])]);
        cases["2.5"] = new AutobahnCase([WsClient.Frame(0x89, new byte[126])], [], 1002);
        cases["2.7"] = new AutobahnCase([WsClient.Frame(0x8A, [])], []);
        cases["2.8"] = new AutobahnCase([WsClient.Frame(0x8A, Bytes("unsolicited pong payload"))], []);
        cases["2.9"] = new AutobahnCase([WsClient.Frame(0x8A, Bytes("unsolicited pong payload")), WsClient.Frame(0x89, Bytes("ping payload"))], [(0x8A, Bytes("ping payload"))]);
        byte[][] ten = [.. Enumerable.Range(0, 10).Select(i => Bytes($"payload-{i}"))];
        cases["2.10"] = new AutobahnCase([.. ten.Select(payload => WsClient.Frame(0x89, payload))], [.. ten.Select(payload => (0x8A, payload))]);
    }

    private static void AddReserved(Dictionary<string, AutobahnCase> cases)
    {
        byte[] hello = Bytes("Hello, world!");
        foreach (var (id, first) in new[] { ("3.1", 0xC1), ("3.2", 0xA1), ("3.3", 0xB1), ("3.4", 0xC1), ("3.5", 0xD2), ("3.6", 0xE9), ("3.7", 0xF8) })
            AddFault($"{id}", first);
        for (int i = 0; i < 5; i++)
        {
            AddFault($"4.1.{i + 1}", 0x83 + i);
            AddFault($"4.2.{i + 1}", 0x8B + i);
        }

        void AddFault(string id, int first)
        {
            cases[$"{id}, alone"] = new AutobahnCase([WsClient.Frame(first, hello), WsClient.Frame(0x89, [])], [], 1002);
            cases[$"{id}, behind a message"] = new AutobahnCase([WsClient.Frame(0x81, hello), WsClient.Frame(first, []), WsClient.Frame(0x89, [])], [(0x81, hello)], 1002);
        }
    }

    private static void AddFragments(Dictionary<string, AutobahnCase> cases)
    {
        byte[] one = Bytes("fragment1"), two = Bytes("fragment2"), ping = Bytes("ping payload");
        byte[] F(int first, byte[] payload) => WsClient.Frame(first, payload);
        (int, byte[]) whole = (0x81, [.. one, .. two]);
        cases["5.1"] = new AutobahnCase([F(0x09, one), F(0x80, two)], [], 1002);
        cases["5.2"] = new AutobahnCase([F(0x0A, one), F(0x80, two)], [], 1002);
        cases["5.3"] = new AutobahnCase([F(0x01, one), F(0x80, two)], [whole]);
        cases["5.6"] = new AutobahnCase([F(0x01, one), F(0x89, ping), F(0x80, two)], [(0x8A, ping), whole]);
        cases["5.9"] = new AutobahnCase([F(0x80, Bytes("non-continuation payload")), F(0x81, Bytes("Hello, world!"))], [], 1002);
        cases["5.12"] = new AutobahnCase([F(0x00, Bytes("non-continuation payload")), F(0x81, Bytes("Hello, world!"))], [], 1002);
        cases["5.15"] = new AutobahnCase([F(0x01, one), F(0x80, two), F(0x00, Bytes("fragment3")), F(0x81, Bytes("fragment4"))], [whole], 1002);
        cases["5.16"] = new AutobahnCase([F(0x00, one), F(0x81, two), F(0x00, one), F(0x81, two)], [], 1002);
        cases["5.17"] = new AutobahnCase([F(0x80, one), F(0x81, two), F(0x80, one), F(0x81, two)], [], 1002);
        cases["5.18"] = new AutobahnCase([F(0x01, one), F(0x81, two)], [], 1002);
        cases["5.19"] = new AutobahnCase(
            [F(0x01, one), F(0x00, two), F(0x89, Bytes("pongme 1!")), F(0x00, one), F(0x00, two), F(0x89, Bytes("pongme 2!")), F(0x80, one)],
            [(0x8A, Bytes("pongme 1!")), (0x8A, Bytes("pongme 2!")), (0x81, [.. one, .. two, .. one, .. two, .. one])]);
    }

    private static void AddTexts(Dictionary<string, AutobahnCase> cases)
    {
        cases["6.1.2"] = new AutobahnCase([WsClient.Frame(0x01, []), WsClient.Frame(0x00, []), WsClient.Frame(0x80, [])], [(0x81, [])]);
        cases["6.1.3"] = new AutobahnCase([WsClient.Frame(0x01, []), WsClient.Frame(0x00, Bytes("middle frame payload")), WsClient.Frame(0x80, [])], [(0x81, Bytes("middle frame payload"))]);
        foreach (string text in GoodTexts)
        {
            byte[] bytes = Bytes(text);
            string name = $"6.2, 6.5, 6.7, 6.9, 6.11, 6.22, 6.23: {Convert.ToHexString(bytes)}";
            cases[name] = Echo(0x81, bytes);
            cases[$"{name} in frames of a byte"] = new AutobahnCase(
                [WsClient.Frame(0x01, []), .. bytes.Select(value => WsClient.Frame(0x00, [value])), WsClient.Frame(0x80, [])], [(0x81, bytes)]);
        }
        foreach (var (id, hex) in BadTexts)
        {
            byte[] bytes = Convert.FromHexString(hex);
            cases[id] = new AutobahnCase([WsClient.Frame(0x81, bytes)], [], 1007);
            cases[$"{id} in frames of a byte"] = new AutobahnCase([WsClient.Frame(0x01, []), .. bytes.Select(value => WsClient.Frame(0x00, [value])), WsClient.Frame(0x80, [])], [], 1007);
        }
        // Failing fast: the rest of the message does not come.
        cases["6.4.1"] = new AutobahnCase([WsClient.Frame(0x01, Bytes(Kosme)), WsClient.Frame(0x00, [0xF4, 0x90, 0x80, 0x80])], [], 1007);
        cases["6.4.2"] = new AutobahnCase([WsClient.Frame(0x01, [.. Bytes(Kosme), 0xF4]), WsClient.Frame(0x00, [0x90])], [], 1007);
        cases["6.4.3"] = new AutobahnCase([WsClient.Frame(0x81, [.. Bytes(Kosme), .. Surrogate, .. Bytes("edited")])[..^7]], [], 1007);
    }

    private static void AddCloses(Dictionary<string, AutobahnCase> cases)
    {
        byte[] hello = Bytes("Hello World!");
        byte[] close = WsClient.Close(1000);
        cases["7.1.1"] = new AutobahnCase([WsClient.Frame(0x81, hello), close], [(0x81, hello)], 1000);
        cases["7.1.2"] = new AutobahnCase([close, close], [], 1000);
        cases["7.1.3"] = new AutobahnCase([close, WsClient.Frame(0x89, [])], [], 1000);
        cases["7.1.4"] = new AutobahnCase([close, WsClient.Frame(0x81, hello)], [], 1000);
        cases["7.1.5"] = new AutobahnCase([WsClient.Frame(0x01, Bytes("fragment1")), close, WsClient.Frame(0x80, Bytes("fragment2"))], [], 1000);
        byte[] large = Stars(256 * 1024);
        cases["7.1.6"] = new AutobahnCase([WsClient.Frame(0x81, large), WsClient.Frame(0x81, hello), close, WsClient.Frame(0x89, [])], [(0x81, large), (0x81, hello)], 1000);
        cases["7.3.1"] = new AutobahnCase([WsClient.Frame(0x88, [])], [], 1005);
        cases["7.3.2"] = new AutobahnCase([WsClient.Frame(0x88, [0x61])], [], 1002);
        cases["7.3.4"] = new AutobahnCase([WsClient.Close(1000, "Hello World!")], [], 1000);
        cases["7.3.5"] = new AutobahnCase([WsClient.Close(1000, new string('*', 123))], [], 1000);
        cases["7.3.6"] = new AutobahnCase([WsClient.Close(1000, new string('*', 124))], [], 1002);
        cases["7.5.1"] = new AutobahnCase([WsClient.Frame(0x88, [0x03, 0xE8, .. Bytes(Kosme), .. Surrogate])], [], 1007);
        foreach (int code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999 })
            cases[$"7.7 with {code}"] = new AutobahnCase([WsClient.Close(code)], [], code);
        foreach (int code in new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
            cases[$"7.9, 7.13 with {code}"] = new AutobahnCase([WsClient.Close(code)], [], 1002);
    }

    private static AutobahnCase Echo(int first, byte[] payload) => new([WsClient.Frame(first, payload)], [(first, payload)]);

    private static byte[] Stars(int count) => [.. Enumerable.Repeat((byte)'*', count)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
