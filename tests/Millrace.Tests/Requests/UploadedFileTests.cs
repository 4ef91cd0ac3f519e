using System.IO.Compression;
using System.Text;

namespace Millrace.Tests.Requests;

/// <summary>Files of a form: where they lie and when they are gone.</summary>
public sealed class UploadedFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("millrace-form-tests-").FullName;

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Large_files_lie_on_disk_and_are_read_from_any_place(Kind kind)
    {
        byte[] first = Patterns.Bytes(300_000), second = [.. Patterns.Bytes(100_001).Reverse()];
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            var form = await request.PostAsync();
            Assert.Equal([300_000, 100_001, 3], form.Files.Select(file => file.Length));
            await using var one = form.Files[0].OpenRead();
            await using var two = form.Files[1].OpenRead();
            Assert.Equal(first, await AllAsync(one));
            Assert.Equal(second, await AllAsync(two));
            Assert.True(one.CanSeek && one.CanRead && !one.CanWrite);
            Assert.Equal((300_000, 300_000), (one.Length, one.Position));
            one.Position = 299_000;
            var rest = new byte[2000];
            Assert.Equal(1000, one.Read(rest));
            Assert.Equal(first[299_000..], rest[..1000]);
            Assert.Equal(0, one.Read(rest, 0, 10));
            Assert.Equal(299_990, one.Seek(-10, SeekOrigin.End));
            Assert.Equal(5, one.Seek(-299_985, SeekOrigin.Current));
            Assert.Throws<NotSupportedException>(() => one.Write(rest, 0, 1));
            string saved = Path.Combine(_directory, form.Files[1].SafeFileName);
            await form.Files[1].SaveAsync(saved);
            Assert.Equal(second, await File.ReadAllBytesAsync(saved));
            await Assert.ThrowsAsync<IOException>(() => form.Files[1].SaveAsync(saved));
            File.Delete(saved);
            return Response.Text("seen");
        })], new ServerOptions { BodyBytesMax = 1_000_000, FormDirectory = _directory });
        Assert.Equal("seen", (await AskAsync(server, first, second, "abc"u8.ToArray())).Text);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_lay_on_disk_is_gone_when_the_request_ends_however_it_ends(bool fails)
    {
        UploadedFile? kept = null;
        Stream? open = null;
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            kept = (await request.PostAsync()).Files[0];
            open = kept.OpenRead();
            return fails ? throw new InvalidOperationException("The handler fails.") : new Response();
        })], new ServerOptions { FormDirectory = _directory });
        var response = await AskAsync(server, Patterns.Bytes(200_000));
        Assert.Equal(fails ? 500 : 200, response.Status);
        if (fails)
            server.Log.TakeOne();
        await server.ConnectionsEndedAsync();
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
        Assert.Throws<ObjectDisposedException>(kept!.OpenRead);
        Assert.Throws<ObjectDisposedException>(() => open!.Read(new byte[1], 0, 1));
    }

    [Fact]
    public async Task What_a_clone_has_read_is_gone_when_the_request_ends()
    {
        UploadedFile? kept = null;
        Stream? open = null;
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request =>
        {
            kept = (await request.Clone(scheme: "https").PostAsync()).Files[0];
            open = kept.OpenRead();
            return new Response();
        })], new ServerOptions { FormDirectory = _directory });
        Assert.Equal(200, (await AskAsync(server, Patterns.Bytes(200_000))).Status);
        await server.ConnectionsEndedAsync();
        Assert.Throws<ObjectDisposedException>(kept!.OpenRead);
        Assert.Throws<ObjectDisposedException>(() => open!.Read(new byte[1], 0, 1));
    }

    [Fact]
    public async Task Encoded_files_are_held_to_the_limit_of_the_form_by_what_they_decode_to()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text($"{(await request.PostAsync()).Files.Sum(file => file.Length)}"))],
            new ServerOptions { BodyBytesMax = 300_000, FormDirectory = _directory });
        Assert.Equal("300000", (await server.AskAsync(Encoded(150_000, 150_000))).Text);
        var refused = await server.AskAsync(Encoded(150_000, 150_001));
        Assert.Equal((413, "The body is larger than the 300000 bytes this server accepts here."), (refused.Status, refused.Text));
        Assert.Empty(Directory.GetFileSystemEntries(_directory));

        static string Encoded(params int[] lengths) => MultipartText.Post(MultipartText.Closed(
            [.. lengths.Select(length => MultipartText.File("f", "f.bin", Gzip(length), "Content-Encoding: gzip\r\nContent-Transfer-Encoding: base64\r\n"))]));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_client_that_goes_in_the_middle_leaves_nothing_behind(Kind kind)
    {
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RunningServer(kind, [Post("/", async request =>
        {
            try
            {
                await request.PostAsync();
            }
            catch (IOException e)
            {
                ended.SetResult(e);
                throw;
            }
            return new Response();
        })], new ServerOptions { FormDirectory = _directory });
        var client = await server.ConnectAsync();
        byte[] body = Body([Patterns.Bytes(200_000)]);
        await client.SendAsync(Head(body.Length));
        await client.SendAsync(body.AsMemory(0, 150_000));
        client.CompleteWrites();
        await ended.Task.InTime();
        client.Dispose();
        await server.ConnectionsEndedAsync();
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public async Task A_form_too_large_on_the_way_leaves_nothing_behind()
    {
        await using var server = new RunningServer(Kind.InMemory, [Post("/", async request => Response.Text($"{(await request.PostAsync()).Count}"))],
            new ServerOptions { BodyBytesMax = 250_000, FormDirectory = _directory });
        using var client = await server.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary={MultipartText.Boundary}\r\nTransfer-Encoding: chunked\r\n\r\n");
        byte[] body = Body([Patterns.Bytes(300_000)]);
        await client.SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8]);
        Assert.Equal(413, (await client.ReadAsync()).Status);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task<byte[]> AllAsync(Stream stream)
    {
        var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static async Task<RawResponse> AskAsync(RunningServer server, params byte[][] files)
    {
        using var client = await server.ConnectAsync();
        byte[] body = Body(files);
        await client.SendAsync((byte[])[.. Head(body.Length), .. body]);
        return await client.ReadAsync();
    }

    /// <summary>Bytes that compress, but by less than the limit of the ratio.</summary>
    private static string Gzip(int length)
    {
        var encoded = new MemoryStream();
        using (var encoder = new GZipStream(encoded, CompressionLevel.Optimal))
            encoder.Write([.. Enumerable.Range(0, length).Select(i => (byte)(i % 64 == 0 ? i / 64 * 37 : 0))]);
        return Convert.ToBase64String(encoded.ToArray());
    }

    private static byte[] Head(int length) =>
        Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary={MultipartText.Boundary}\r\nContent-Length: {length}\r\n\r\n");

    private static byte[] Body(byte[][] files) =>
        [.. files.SelectMany((file, i) => Encoding.Latin1.GetBytes(MultipartText.File("f", $"{i}.bin", Encoding.Latin1.GetString(file)))), .. Encoding.ASCII.GetBytes(MultipartText.Closed())];
}
