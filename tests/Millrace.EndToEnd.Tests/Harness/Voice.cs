using System.Buffers.Binary;

namespace Millrace.EndToEnd.Tests.Harness;

/// <summary>
/// What the fake microphone hears: a tone with the overtones and syllables of a voice. Chromium's own beep is too short to
/// count as speech, and an even tone would be taken for noise and removed.
/// </summary>
internal static class Voice
{
    private const int SampleRate = 48_000;
    private const int Seconds = 10;
    private const double PitchHertz = 140;
    private const double SyllablesPerSecond = 4;
    private const double Loudness = 0.25;

    /// <summary>Writes it as a WAV file: one channel, 16 bits.</summary>
    public static void Write(string path)
    {
        byte[] samples = new byte[SampleRate * Seconds * sizeof(short)];
        for (int i = 0; i < SampleRate * Seconds; ++i)
        {
            BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(i * sizeof(short)), (short)(SampleAt((double)i / SampleRate) * short.MaxValue));
        }
        using BinaryWriter file = new(File.Create(path));
        file.Write("RIFF"u8);
        file.Write(36 + samples.Length);
        file.Write("WAVEfmt "u8);
        file.Write(16);
        file.Write((short)1);
        file.Write((short)1);
        file.Write(SampleRate);
        file.Write(SampleRate * sizeof(short));
        file.Write((short)sizeof(short));
        file.Write((short)16);
        file.Write("data"u8);
        file.Write(samples.Length);
        file.Write(samples);
    }

    // The pitch wanders as a voice's does, and the overtones fade: 1/n.
    private static double SampleAt(double time)
    {
        double pitch = (2 * Math.PI * PitchHertz * time) + (4 * Math.Sin(2 * Math.PI * 1.3 * time));
        double tone = Enumerable.Range(1, 12).Sum(n => Math.Sin(n * pitch) / n);
        double syllable = Math.Pow(Math.Sin(Math.PI * SyllablesPerSecond * time), 2);
        return Loudness * tone * (0.2 + (0.8 * syllable));
    }
}
