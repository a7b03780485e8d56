using System.Text;

namespace Millrace.Interop.Tests;

internal sealed class LineCutterTests
{
    private readonly List<string> _lines = [];

    [TestCase("a\nb\n", new[] { "a", "b" })]
    [TestCase("a\r\n\nb", new[] { "a", "", "b" })]
    [TestCase("", new string[0])]
    public void Take_CutsAtLineEnds_WhereverTheBytesAreCut(string text, string[] expected)
    {
        LineCutter cutter = new(_lines.Add);

        foreach (byte one in Encoding.UTF8.GetBytes(text))
        {
            cutter.Take([one]);
        }

        cutter.End();

        Assert.That(_lines, Is.EqualTo(expected));
    }

    [Test]
    public void Take_HandsOverALineThatIsTooLongInPieces()
    {
        LineCutter cutter = new(_lines.Add);

        cutter.Take(Encoding.UTF8.GetBytes(new string('x', LineCutter.LineBytesMax + 1) + "\n"));

        Assert.That(_lines.Select(line => line.Length), Is.EqualTo([LineCutter.LineBytesMax, 1]));
    }

    [Test]
    public void Take_WhenTheLogFails_GoesOnWithoutIt()
    {
        int calls = 0;
        LineCutter cutter = new(_ =>
        {
            calls++;
            throw new InvalidOperationException();
        });

        cutter.Take("a\nb\n"u8);

        Assert.That(calls, Is.EqualTo(1));
    }
}
