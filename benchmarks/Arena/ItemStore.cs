using System.Globalization;
using System.Text.Json;
using Millrace.Benchmarks;
using Npgsql;

/// <summary>The items table in PostgreSQL, over a bounded pool of connections.</summary>
internal sealed class ItemStore : IAsyncDisposable
{
    private const string Columns = "id, name, category, price, quantity, active, tags, rating_score, rating_count";
    private const int ConnectionsMax = 32;

    private readonly NpgsqlDataSource _database;

    /// <param name="url">As <c>postgres://user:password@host:port/database</c>.</param>
    /// <param name="connectionsMax">Size of the pool, as text; default 32.</param>
    public ItemStore(string url, string? connectionsMax)
    {
        var uri = new Uri(url);
        string[] user = uri.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port,
            Database = uri.AbsolutePath[1..],
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null,
            MaxPoolSize = connectionsMax is null ? ConnectionsMax : int.Parse(connectionsMax, CultureInfo.InvariantCulture),
            MaxAutoPrepare = 16,
            NoResetOnClose = true,
            SslMode = SslMode.Disable,
        };
        _database = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString).EnableJsonTypes().Build();
    }

    public Task<List<Item>> InPriceRangeAsync(int min, int max, int limit, CancellationToken cancellationToken) =>
        ReadAsync($"SELECT {Columns} FROM items WHERE price BETWEEN $1 AND $2 LIMIT $3", [Value(min), Value(max), Value(limit)], cancellationToken);

    public Task<List<Item>> InCategoryAsync(string category, int page, int limit, CancellationToken cancellationToken) =>
        ReadAsync($"SELECT {Columns} FROM items WHERE category = $1 ORDER BY id LIMIT $2 OFFSET $3", [Value(category), Value(limit), Value((page - 1) * limit)], cancellationToken);

    public async Task<Item?> FindAsync(int id, CancellationToken cancellationToken) =>
        (await ReadAsync($"SELECT {Columns} FROM items WHERE id = $1", [Value(id)], cancellationToken)).SingleOrDefault();

    public Task PutAsync(NewItem item, CancellationToken cancellationToken) =>
        WriteAsync(
            """
            INSERT INTO items VALUES ($1, $2, $3, $4, $5, true, '[]', 0, 0)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, category = excluded.category, price = excluded.price, quantity = excluded.quantity
            """,
            [Value(item.Id), Value(item.Name), Value(item.Category), Value(item.Price), Value(item.Quantity)],
            cancellationToken);

    /// <summary>False if there is no such item.</summary>
    public async Task<bool> ChangeAsync(int id, ItemChange change, CancellationToken cancellationToken) =>
        await WriteAsync("UPDATE items SET name = $2, price = $3, quantity = $4 WHERE id = $1", [Value(id), Value(change.Name), Value(change.Price), Value(change.Quantity)], cancellationToken) > 0;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private async Task<List<Item>> ReadAsync(string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<Item>();
        while (await reader.ReadAsync(cancellationToken))
            items.Add(ItemOf(reader));
        return items;
    }

    private async Task<int> WriteAsync(string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Item ItemOf(NpgsqlDataReader row)
    {
        var tags = JsonSerializer.Deserialize(row.GetString(6), StoreJson.Default.StringArray) ?? [];
        return new Item(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetBoolean(5), tags, new Rating(row.GetInt32(7), row.GetInt32(8)));
    }
}
