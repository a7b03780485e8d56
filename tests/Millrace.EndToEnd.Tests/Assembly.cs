// Frames a second are measured: two calls at once would measure each other.
[assembly: NonParallelizable]
[assembly: LevelOfParallelism(1)]
