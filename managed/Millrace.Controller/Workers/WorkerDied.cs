using Millrace.Interop;

namespace Millrace.Controller;

/// <summary>Why a worker is gone although nobody closed it.</summary>
/// <param name="Reason">One sentence for operators.</param>
/// <param name="Exit">How its process or thread ended; null when only the channel broke.</param>
public sealed record WorkerDied(string Reason, WorkerExit? Exit);
