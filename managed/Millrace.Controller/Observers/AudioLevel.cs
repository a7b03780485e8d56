namespace Millrace.Controller;

/// <summary>How loud a producer was.</summary>
/// <param name="ProducerId">The producer's id.</param>
/// <param name="Volume">Its average in dBov, -127 to 0.</param>
public sealed record AudioLevel(string ProducerId, int Volume);
