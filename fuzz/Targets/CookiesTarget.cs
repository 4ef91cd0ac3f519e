using System.Text;
using Millrace.Fuzz.Engine;
using Millrace.Messages;

namespace Millrace.Fuzz.Targets;

/// <summary>Any field values give cookies, each name a token and once, no more than there are pieces; written again they read the same.</summary>
internal sealed class CookiesTarget : FuzzTarget
{
    public override string Name => "cookies";

    public override int Check(byte[] input, Random cuts)
    {
        // A line feed cannot stand in a field value, so it separates the fields here.
        string[] values = Encoding.Latin1.GetString(input).Split('\n');
        var cookies = new RequestCookies(values);
        Invariant.Holds(cookies.Count <= values.Sum(value => value.Count(c => c == ';') + 1));
        Invariant.Holds(cookies.Keys.Distinct().Count() == cookies.Count);
        foreach (var (name, value) in cookies)
        {
            Invariant.Holds(name.Length > 0 && name.All(c => c is > ' ' and < '\x7F' && !"()<>@,;:\\\"/[]?={}".Contains(c, StringComparison.Ordinal)));
            Invariant.Holds(cookies[name] == value);
        }
        // What a field value cannot hold is not written either.
        var writable = cookies.Where(cookie => !cookie.Value.Any(char.IsControl)).ToList();
        var again = new RequestCookies([string.Join("; ", writable.Select(cookie => $"{cookie.Key}={CookieText.Quote(cookie.Value)}"))]);
        Invariant.Holds(writable.SequenceEqual(again));
        return cookies.Count;
    }
}
