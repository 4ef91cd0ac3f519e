using System.Text;
using Millrace.Protocol.Semantics;

namespace Millrace.Messages;

/// <summary>A head in bytes of its own, for a request that nobody sent as it is.</summary>
internal static class HeadCopy
{
    /// <exception cref="ArgumentException">The method is no token, the target is none for it, or a field may not be sent.</exception>
    public static HeadView Make(string method, string target, IEnumerable<KeyValuePair<string, string>> fields, RawRequestMessage? like)
    {
        OutgoingFields.CheckName(method);
        var bytes = new List<byte>();
        var head = new RawRequestMessage
        {
            Method = Methods.Find(Encoding.ASCII.GetBytes(method)),
            MethodLength = method.Length,
            MinorVersion = like?.MinorVersion ?? 1,
            Framing = like?.Framing ?? BodyFraming.None,
            ContentLength = like?.ContentLength ?? 0,
            KeepAlive = like?.KeepAlive ?? false,
            ExpectContinue = like?.ExpectContinue ?? false,
            UpgradeRequested = like?.UpgradeRequested ?? false,
        };
        bytes.AddRange(Encoding.ASCII.GetBytes(method));
        bytes.Add((byte)' ');
        int start = bytes.Count;
        bytes.AddRange(Encoding.UTF8.GetBytes(target));
        if (target.Length == 0 || bytes[start..].Exists(octet => !AsciiSets.Target.Contains(octet)) || !RequestTargetSyntax.TryParse(bytes.ToArray(), start, target.Length, head.Method, out var parsed))
            throw new ArgumentException($"'{target}' is no target of a request: one is a path with its query, percent-encoded, as /users/a%20b?x=1 (Uri.EscapeDataString encodes a part of it).", nameof(target));
        head.Target = parsed;
        foreach (var (name, value) in fields)
            AddField(head, bytes, name, value);
        head.Length = bytes.Count;
        return new HeadView(head, [.. bytes], 0);
    }

    private static void AddField(RawRequestMessage head, List<byte> bytes, string name, string value)
    {
        OutgoingFields.CheckName(name);
        OutgoingFields.CheckValue(name, value);
        bytes.AddRange("\r\n"u8);
        byte[] nameBytes = Encoding.ASCII.GetBytes(name);
        int nameStart = bytes.Count;
        bytes.AddRange(nameBytes);
        bytes.AddRange(": "u8);
        int valueStart = bytes.Count;
        bytes.AddRange(Encoding.Latin1.GetBytes(value));
        head.Table.Add(new FieldSlice(nameStart, nameBytes.Length, valueStart, value.Length, FieldNames.Find(nameBytes)));
    }
}
