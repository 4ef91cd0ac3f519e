using System.Globalization;
using System.Text;

namespace Millrace.Cases;

/// <summary>One case: bytes as a client sends them, and what must come of them. The format stands in README.md beside this file.</summary>
internal sealed record ProtocolCase
{
    public required string File { get; init; }

    public required string Name { get; init; }

    /// <summary>The sections, probes and advisories behind it.</summary>
    public string See { get; init; } = "";

    public required byte[] Bytes { get; init; }

    /// <summary>How many bytes are enough to be sure of the fault; -1 when the case does not say.</summary>
    public int FaultKnownAfter { get; init; } = -1;

    /// <summary>The log of a reader that does right, a fault as its last line included.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>The status that answers the fault, or 0 when there is none.</summary>
    public int FaultStatus { get; init; }

    public bool IsMalformed => FaultStatus != 0;

    /// <summary>Requests that are whole, in front of the fault if there is one.</summary>
    public int RequestCount => Events.Count(line => line.StartsWith("request ", StringComparison.Ordinal));

    public override string ToString() => $"{File}: {Name}";
}

/// <summary>Reads the case files. Linked into every test project that runs them.</summary>
internal static class CaseFile
{
    /// <summary>All cases in the folder, file by file in the order of their names.</summary>
    public static IReadOnlyList<ProtocolCase> LoadFolder(string folder)
    {
        var cases = new List<ProtocolCase>();
        foreach (var path in Directory.GetFiles(folder, "*.case").Order(StringComparer.Ordinal))
            cases.AddRange(Parse(Path.GetFileName(path), File.ReadAllLines(path)));
        return cases;
    }

    public static IEnumerable<ProtocolCase> Parse(string file, IReadOnlyList<string> lines)
    {
        CaseBuilder? builder = null;
        for (var index = 0; index < lines.Count; index++)
        {
            var line = lines[index];
            if (line.Length == 0 || line[0] == ';')
                continue;
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                if (builder is not null)
                    yield return builder.Build();
                builder = new CaseBuilder(file, line[2..]);
            }
            else if (builder is null || !builder.TryAdd(line))
            {
                throw new FormatException($"{file}, line {index + 1}: \"{line}\" is no line of a case.");
            }
        }

        if (builder is not null)
            yield return builder.Build();
    }

    /// <summary>Bytes as the case files write them: printable ASCII as itself, the rest escaped.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes)
        {
            text.Append(value switch
            {
                (byte)'\r' => "\\r",
                (byte)'\n' => "\\n",
                (byte)'\t' => "\\t",
                (byte)'\\' => "\\\\",
                >= 0x20 and < 0x7F => ((char)value).ToString(),
                _ => "\\x" + value.ToString("X2", CultureInfo.InvariantCulture),
            });
        }

        return text.ToString();
    }

    private sealed class CaseBuilder(string file, string name)
    {
        private readonly List<byte> _bytes = [];
        private readonly List<string> _events = [];
        private string _see = "";
        private int _faultKnownAfter = -1;
        private int _faultStatus;

        public bool TryAdd(string line)
        {
            if (line.StartsWith("see ", StringComparison.Ordinal))
                _see = line[4..];
            else if (line.StartsWith("> ", StringComparison.Ordinal))
                Unescape(line.AsSpan(2));
            else if (line[0] == '=' && _faultStatus == 0)
                AddEvents(line.AsSpan(1));
            else if (line.StartsWith("! ", StringComparison.Ordinal))
                AddFault(line[2..]);
            else
                return false;
            return true;
        }

        public ProtocolCase Build()
        {
            if (_events.Count == 0 || _see.Length == 0)
                throw new FormatException($"{file}: \"{name}\" lacks its events or its \"see\".");
            return new ProtocolCase
            {
                File = file,
                Name = name,
                See = _see,
                Bytes = [.. _bytes],
                FaultKnownAfter = _faultKnownAfter,
                Events = _events,
                FaultStatus = _faultStatus,
            };
        }

        // "= event", or "=99 event" for ninety-nine of them; an event may hold repetitions, its other escapes belong to the log.
        private void AddEvents(ReadOnlySpan<char> text)
        {
            var space = text.IndexOf(' ');
            var times = space == 0 ? 1 : int.Parse(text[..space], NumberStyles.None, CultureInfo.InvariantCulture);
            var line = new StringBuilder();
            for (var rest = text[(space + 1)..]; rest.Length > 0;)
            {
                if (!rest.StartsWith("\\{"))
                {
                    line.Append(rest[0]);
                    rest = rest[1..];
                    continue;
                }

                var close = rest.IndexOf('}');
                var inner = rest.IndexOf(' ');
                line.Insert(line.Length, rest[(inner + 1)..close].ToString(), int.Parse(rest[2..inner], NumberStyles.None, CultureInfo.InvariantCulture));
                rest = rest[(close + 1)..];
            }

            for (var index = 0; index < times; index++)
                _events.Add(line.ToString());
        }

        private void AddFault(string fault)
        {
            _faultStatus = int.Parse(fault.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture);
            _events.Add("fault " + fault);
        }

        private void Unescape(ReadOnlySpan<char> text)
        {
            while (text.Length > 0)
            {
                if (text[0] != '\\')
                {
                    _bytes.Add(checked((byte)text[0]));
                    text = text[1..];
                    continue;
                }

                text = text[(1 + UnescapeOne(text[1..]))..];
            }
        }

        // Returns how many characters stand behind the backslash.
        private int UnescapeOne(ReadOnlySpan<char> text)
        {
            switch (text[0])
            {
                case 'r':
                    _bytes.Add((byte)'\r');
                    return 1;
                case 'n':
                    _bytes.Add((byte)'\n');
                    return 1;
                case 't':
                    _bytes.Add((byte)'\t');
                    return 1;
                case '\\':
                    _bytes.Add((byte)'\\');
                    return 1;
                case 'x':
                    _bytes.Add(Convert.FromHexString(text.Slice(1, 2))[0]);
                    return 3;
                case '!':
                    _faultKnownAfter = _bytes.Count;
                    return 1;
                case '{':
                    var close = text.IndexOf('}');
                    var space = text.IndexOf(' ');
                    var times = int.Parse(text[1..space], NumberStyles.None, CultureInfo.InvariantCulture);
                    for (var index = 0; index < times; index++)
                        Unescape(text[(space + 1)..close]);
                    return close + 1;
                default:
                    throw new FormatException($"{file}: \"{name}\" has an unknown escape \\{text[0]}.");
            }
        }
    }
}
