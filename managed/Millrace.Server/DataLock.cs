using Millrace.Server.Options;

namespace Millrace.Server;

/// <summary>Holds the data folder for one server: a second one on the same folder refuses to start.</summary>
internal sealed class DataLock : IDisposable
{
    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <summary>Takes the folder, making it if need be.</summary>
    /// <exception cref="OptionsException">Another server has it, or it cannot be written.</exception>
    public static DataLock Take(string data)
    {
        try
        {
            Directory.CreateDirectory(data);
            return new DataLock(new FileStream(
                Path.Combine(data, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionsException($"--data: {data} is in use by another server or cannot be written ({exception.Message})");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
