using System.Text;

namespace Millrace.Samples.Host;

/// <summary>Writes each line with the name of the program in front that prints it.</summary>
internal sealed class NamedLines(TextWriter output) : TextWriter
{
    private readonly AsyncLocal<string?> _name = new();

    /// <summary>The program that runs in the present flow, and in those that begin in it.</summary>
    public string? Name
    {
        get => _name.Value;
        set => _name.Value = value;
    }

    public override Encoding Encoding => output.Encoding;

    public override void WriteLine(string? value)
    {
        foreach (string line in (value ?? "").Split('\n'))
            output.WriteLine($"{Name}: {line.TrimEnd('\r')}");
    }
}
