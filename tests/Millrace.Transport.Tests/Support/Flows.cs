namespace Millrace.Transport.Tests.Support;

/// <summary>What a server does with a connection.</summary>
internal static class Flows
{
    /// <summary>Sends back what comes, holding a buffer only while there are bytes. Ends with the peer.</summary>
    public static async Task EchoAsync(Connection connection)
    {
        while (await connection.WaitReadableAsync())
        {
            var block = connection.Loop.Buffers.Rent();
            int n = await connection.ReadAsync(block);
            bool written = n > 0 && await connection.WriteAsync(block.AsMemory(0, n));
            connection.Loop.Buffers.Return(block);
            if (!written)
                break;
        }
        connection.Close();
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public static async Task<byte[]> ReadExactlyAsync(Connection connection, int count)
    {
        var bytes = new byte[count];
        for (int n = 0; n < count;)
        {
            int more = await connection.ReadAsync(bytes.AsMemory(n));
            Assert.True(more > 0, $"The connection ended ({more}) after {n} of {count} bytes.");
            n += more;
        }
        return bytes;
    }

    /// <summary>Reads on until the connection ends and says how.</summary>
    public static async Task<int> ReadEndAsync(Connection connection)
    {
        var buffer = new byte[16 * 1024];
        int n;
        while ((n = await connection.ReadAsync(buffer)) > 0)
        {
        }
        return n;
    }
}
