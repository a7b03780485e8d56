#!/usr/bin/env bash
# Generates the channel's C# types from interop/schema into Millrace.Interop/Generated/Schema, or into the
# folder given. The output is committed and never edited; a test generates it anew and compares.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../Millrace.Interop/Generated/Schema}
version=$(flatc --version)
[ "$version" = "flatc version 2.0.8" ] || { echo "schema.sh: needs flatc 2.0.8, found: $version" >&2; exit 1; }

mkdir -p "$out"
find "$out" -name '*.cs' -delete
cd "$here/../schema"
flatc --csharp -o "$out" ./*.fbs
# flatc makes a folder a namespace part; the types' common part needs none.
mv "$out"/Millrace/Schema/* "$out"/
rmdir "$out"/Millrace/Schema "$out"/Millrace
