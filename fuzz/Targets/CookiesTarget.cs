using System.Text;
using Millrace.Fuzz.Engine;

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
            Invariant.Holds(!value.Contains(';', StringComparison.Ordinal) && cookies[name] == value);
        }
        var again = new RequestCookies([string.Join("; ", cookies.Select(cookie => $"{cookie.Key}=\"{cookie.Value}\""))]);
        Invariant.Holds(cookies.SequenceEqual(again));
        return cookies.Count;
    }
}
