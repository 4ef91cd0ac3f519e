namespace Millrace.Benchmarks;

/// <summary>The comparison cannot be made, or a server failed it; the message is for whoever started it.</summary>
internal sealed class ComparisonException(string message) : Exception(message);
