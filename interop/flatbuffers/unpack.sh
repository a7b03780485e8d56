#!/usr/bin/env bash
# Brings the C# runtime of FlatBuffers into artifacts/flatbuffers/ from Debian's source package, where
# Google.FlatBuffers.csproj compiles it. No registry serves it as a package, and Debian's release is the
# one that belongs to Debian's flatc.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target="$root/artifacts/flatbuffers"
[ -d "$target" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/sources.d" "$work/lists/partial" "$root/artifacts"

# The machine's own Debian sources, as source sources, in lists of their own.
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/sources.d/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >"$work/sources.d/$(basename "$file" .list).list"
done
cat >"$work/apt.conf" <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$work/sources.d";
Dir::State::lists "$work/lists";
APT::Sandbox::User "root";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
export APT_CONFIG="$work/apt.conf"
cd "$work"
apt-get -qq -o DPkg::Lock::Timeout=900 update
apt-get -qq source flatbuffers
source_dir=$(echo "$work"/flatbuffers-2.0.8*)
[ -d "$source_dir/net/FlatBuffers" ] || { echo "build.sh: Debian's flatbuffers source is not 2.0.8" >&2; exit 1; }
# Whole or not at all: the folder appears in one step.
cp -r "$source_dir/net/FlatBuffers" "$target.new"
mv "$target.new" "$target"
