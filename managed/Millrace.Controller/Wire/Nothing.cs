namespace Millrace.Controller.Wire;

/// <summary>The answer to a request that has none.</summary>
internal readonly record struct Nothing;
