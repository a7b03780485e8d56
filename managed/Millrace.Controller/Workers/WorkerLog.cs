using Millrace.Interop;

namespace Millrace.Controller;

/// <summary>A message a worker wrote to its log.</summary>
/// <param name="Level">How severe it is; <see cref="WorkerLogLevel.None"/> marks text that is meant for a console.</param>
/// <param name="Text">The message.</param>
public sealed record WorkerLog(WorkerLogLevel Level, string Text);
