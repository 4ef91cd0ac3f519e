using System.Text;

namespace Millrace.Fuzz.Engine;

/// <summary>The dictionary: what means something to a reader of HTTP, and what nearly does.</summary>
internal static class Tokens
{
    public static readonly byte[][] All =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\r\r\n", "\n\n", "\r\n\r\n", "\r\n ", "\r\n\t", "\0", " ", "\t", "\v", "\f", "\x7F", "\x80", "\x85", "\xA0", "\xFF",
            ":", ";", ",", "=", "\"", "\\", "/", "//", "?", "#", "%", "%2F", "%2f", "%00", "%C3%A9", "%c0%af", "%ED%A0%80", "%F0%9F%98%80", "*", "@", "[", "]", "..", "&", "+",
            "GET ", "HEAD ", "POST ", "PUT ", "OPTIONS ", "CONNECT ", "TRACE ", "get ", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/1.2\r\n", " HTTP/2.0\r\n", " HTTP/0.9\r\n", " http/1.1\r\n", "HTTP/1.1",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
            "Host: a\r\n", "Host: a:80\r\n", "Host: [::1]\r\n", "Host:\r\n", "http://a/", "https://a", "a:443",
            "Content-Length: 0\r\n", "Content-Length: 3\r\n", "Content-Length: 3, 3\r\n", "Content-Length: +3\r\n", "Content-Length: 18446744073709551616\r\n", "Content-Length : 3\r\n",
            "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: Chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: \x0B" + "chunked\r\n",
            "Connection: close\r\n", "Connection: keep-alive\r\n", "Connection: Upgrade\r\nUpgrade: x\r\n", "Expect: 100-continue\r\n", "Expect: x\r\n",
            "0\r\n\r\n", "0\r\n", "1\r\na\r\n", "3\r\nabc\r\n", "F\r\n", "a;b=c\r\n", ";x=\"y\\\"z\"\r\n", "0x3\r\n", "7FFFFFFFFFFFFFFF\r\n", "FFFFFFFFFFFFFFFF\r\n", "00000000000000003\r\n",
            "X: y\r\n", "Trailer: x\r\n", "Cookie: a=b; c=\"d\"\r\n", "a=b", "; ", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "for=192.0.2.60;proto=http;by=203.0.113.43", "for=\"[2001:db8::1]:4711\"", "host=", "proto=",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY UNKNOWN\r\n", "TCP6", "65535", "65536", "\r\n\r\n\0\r\nQUIT\n", "\x21\x11\0\x0C", "\x16\x03\x01",
            "::1", "2001:db8::", "127.0.0.1", "0", "9", "-1", "1e3", "0b1",
        }.Select(Encoding.Latin1.GetBytes),
    ];
}
