namespace Millrace.Messages;

/// <summary>What negotiation changes of a whole response.</summary>
internal enum CodingVerdict
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is sent as it is, and says that another client might get something else.</summary>
    Varies,

    /// <summary>Its fields, and with them its body, unless it has none.</summary>
    Changes,
}
