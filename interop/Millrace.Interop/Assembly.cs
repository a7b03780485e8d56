using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// The bindings are blittable: what stands in them is what crosses the border.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
