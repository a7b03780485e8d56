namespace Millrace.Server.Users;

/// <summary>Files that only the server's own user may read.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces a file as a whole: whoever reads it sees the old or the new text.</summary>
    public static void Write(string path, string text)
    {
        string temporary = path + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        using (StreamWriter writer = new(temporary, options))
        {
            writer.Write(text);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
