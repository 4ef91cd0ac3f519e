using System.Text;

namespace Millrace.Tests.Support;

/// <summary>Multipart requests as text: what is written is what is sent.</summary>
internal static class MultipartText
{
    public const string Boundary = "b0undary";

    /// <summary>A part of a form with a field's name.</summary>
    public static string Field(string name, string value, string fields = "") => Part($"Content-Disposition: form-data; name=\"{name}\"\r\n{fields}", value);

    /// <summary>A part of a form with a file.</summary>
    public static string File(string name, string fileName, string content, string fields = "") =>
        Part($"Content-Disposition: form-data; name=\"{name}\"; filename=\"{fileName}\"\r\n{fields}", content);

    public static string Part(string head, string content) => $"--{Boundary}\r\n{head}\r\n{content}\r\n";

    public static string Closed(params string[] parts) => $"{string.Concat(parts)}--{Boundary}--\r\n";

    public static string Post(string body, string type = $"multipart/form-data; boundary={Boundary}", string method = "POST") =>
        $"{method} / HTTP/1.1\r\nHost: a\r\n{(type.Length == 0 ? "" : $"Content-Type: {type}\r\n")}Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}";

    /// <summary>A form as text: fields, then files.</summary>
    public static async Task<string> ShowAsync(RequestForm form)
    {
        var lines = form.Select(field => $"{field.Key}={field.Value}").ToList();
        foreach (var file in form.Files)
        {
            using var reader = new StreamReader(file.OpenRead(), Encoding.Latin1);
            string content = await reader.ReadToEndAsync();
            Assert.Equal(file.Length, content.Length);
            lines.Add($"{file.Name}:{file.FileName}:{file.ContentType}:{(content.Length > 100 ? $"{content.Length} bytes" : content)}");
        }
        return string.Join('|', lines);
    }
}
