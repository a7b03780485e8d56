#!/usr/bin/env bash
# Builds, runs and tests Millrace. `./build.sh help` lists the verbs.
# Needs .NET SDK 10 and Node >= 20.19; everything else it installs with apt, NuGet and npm.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"

jobs=$(nproc)
artifacts="$root/artifacts"
native_dir="$artifacts/native"
server_dir="$artifacts/server"
web_dir="$root/managed/Millrace.Web"
# Where a compiler cache is installed, checkouts share it.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

build_packages=(cmake ninja-build g++ pkg-config git ca-certificates dpkg-dev flatbuffers-compiler
  libflatbuffers-dev libuv1-dev libssl-dev openssl util-linux procps)
case $(uname -m) in x86_64) build_packages+=(libipsec-mb-dev) ;; esac
test_packages=(libgtest-dev libsrtp2-dev libusrsctp-dev nlohmann-json3-dev chromium iproute2 clang-19 ffmpeg)
bench_packages=(iproute2 valgrind)
fuzz_packages=(clang-19 libclang-rt-19-dev libgtest-dev libsrtp2-dev libusrsctp-dev nlohmann-json3-dev)
format_packages=(clang-format-19)

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# --- what the machine must have -------------------------------------------------------------------

check_prerequisites() {
  command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing (dotnet is not on PATH)"
  case $(dotnet --version 2>/dev/null) in
    10.*) ;;
    *) fail ".NET SDK 10 is needed; dotnet --version says '$(dotnet --version 2>&1 | head -1)'" ;;
  esac
  command -v node >/dev/null || fail "Node >= 20.19 is missing (node is not on PATH)"
  node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)' ||
    fail "Node >= 20.19 is needed; node --version says $(node --version)"
  command -v npm >/dev/null || fail "npm is missing; it comes with Node"
}

# Installs the Debian packages that are missing; one apt run at a time on the whole machine.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local line="apt-get install -y --no-install-recommends ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || fail "packages are missing; as root run: apt-get update && $line"
  say "installing ${missing[*]}"
  (
    command -v flock >/dev/null && flock 9
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=900 update
    apt-get -qq -o DPkg::Lock::Timeout=900 install -y --no-install-recommends "${missing[@]}" >/dev/null
  ) 9>/var/lock/millrace-apt.lock
}

# --- building -------------------------------------------------------------------------------------

# The C++ tree under one preset; more arguments are targets.
build_native() {
  local preset=$1
  shift
  local compiler_cache=()
  command -v ccache >/dev/null && compiler_cache=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake --preset "$preset" "${compiler_cache[@]}" >/dev/null
  local targets=()
  [ $# -gt 0 ] && targets=(--target "$@")
  cmake --build --preset "$preset" -j "$jobs" "${targets[@]}"
}

# The worker and the in-process library, at their fixed place.
build_worker() {
  say "worker"
  build_native release millrace-worker millrace
  mkdir -p "$native_dir"
  cp -u "$artifacts/cmake/release/out/millrace-worker" "$artifacts/cmake/release/out/libmillrace.so" \
    "$native_dir/"
}

restore_managed() {
  interop/flatbuffers/unpack.sh
  dotnet restore millrace.slnx -v quiet
}

build_web() {
  say "page"
  build_npm "$web_dir"
}

# An npm project's dist/, when something in the project is newer.
build_npm() {
  install_npm "$1"
  local stamp="$1/dist/.built"
  if [ ! -f "$stamp" ] || [ -n "$(find "$1" -newer "$stamp" -type f \
    -not -path '*/node_modules/*' -not -path '*/dist/*' -print -quit)" ]; then
    (cd "$1" && npm run --silent build)
    touch "$stamp"
  fi
}

# npm packages exactly as locked; install scripts of packages never run.
install_npm() {
  local stamp="$1/node_modules/.installed"
  if [ ! -f "$stamp" ] || [ "$1/package-lock.json" -nt "$stamp" ]; then
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --silent)
    touch "$stamp"
  fi
}

build_server() {
  restore_managed
  say "server"
  dotnet publish managed/Millrace.Server/Millrace.Server.csproj -c Release --no-restore -v quiet \
    -o "$server_dir"
  rm -rf "$server_dir/wwwroot"
  mkdir -p "$server_dir/wwwroot"
  cp -r "$web_dir/dist/." "$server_dir/wwwroot/"
}

build_all() {
  check_prerequisites
  install_packages "${build_packages[@]}"
  build_worker
  build_web
  build_server
}

# --- verbs ----------------------------------------------------------------------------------------

verb_build() { build_all; }

verb_run() {
  build_all >&2
  exec env MILLRACE_NATIVE_DIR="${MILLRACE_NATIVE_DIR:-$native_dir}" \
    dotnet "$server_dir/millrace-server.dll" "$@"
}

verb_user() {
  build_all >&2
  exec dotnet "$server_dir/millrace-server.dll" user "$@"
}

verb_test() {
  local results="$artifacts/test-results" status=0
  check_prerequisites
  install_packages "${build_packages[@]}" "${test_packages[@]}"
  rm -rf "$results"
  mkdir -p "$results"
  build_all
  install_npm "$root/tests/node"
  build_npm "$root/tests/page"

  say "native tests, release"
  build_native release
  run_native_tests release "$results" || status=1
  say "native tests, address and undefined-behaviour sanitizers"
  build_native asan
  run_native_tests asan "$results" || status=1

  say "page tests"
  (cd "$web_dir" && npm test --silent -- --reporter=json --outputFile="$results/web.vitest.json") || status=1

  say "managed tests"
  dotnet build millrace.slnx -c Release --no-restore -v quiet -m:"$jobs"
  MILLRACE_NATIVE_DIR="$native_dir" dotnet test millrace.slnx -c Release --no-build \
    --logger trx --logger "console;verbosity=minimal" --results-directory "$results" -m:1 || status=1

  node tests/count.mjs "$results" "$status"
}

# Each program of a room writes what it ran as JSON; each fuzz target replays its corpus.
run_native_tests() {
  local preset=$1 results=$2 status=0 program name
  for program in "$artifacts/cmake/$preset"/tests/native/millrace_*_tests; do
    name=$(basename "$program")
    local more=()
    # Under the sanitizers a simulated minute takes a while: one seed there, all of them in release.
    [ "$preset/$name" = asan/millrace_simulation_tests ] && more=(--seed=1)
    "$program" --gtest_brief=1 --gtest_output="json:$results/$preset-$name.gtest.json" "${more[@]}" || status=1
  done
  for program in "$artifacts/cmake/$preset"/tests/native/*_fuzz; do
    name=$(basename "$program" _fuzz)
    if "$program" "tests/native/fuzz/corpus/$name" >/dev/null; then
      echo passed >"$results/$preset-$name.replay"
    else
      echo failed >"$results/$preset-$name.replay"
      echo "fuzz replay failed: $program tests/native/fuzz/corpus/$name" >&2
      status=1
    fi
  done
  return $status
}

verb_bench() {
  local which=${1:-forward}
  [ $# -gt 0 ] && shift
  check_prerequisites
  install_packages "${build_packages[@]}" "${bench_packages[@]}"
  case $which in
    forward)
      build_worker >&2
      build_native release millrace-load >&2
      exec "$artifacts/cmake/release/out/millrace-load" forward --worker="$native_dir/millrace-worker" --compare-single "$@"
      ;;
    delay)
      build_worker >&2
      build_native release millrace-load >&2
      exec "$artifacts/cmake/release/out/millrace-load" delay --worker="$native_dir/millrace-worker" --consumers=50 "$@"
      ;;
    instructions)
      build_native release millrace-instructions >&2
      count_instructions "$@"
      ;;
    channel)
      build_worker >&2
      restore_managed
      MILLRACE_NATIVE_DIR="$native_dir" exec dotnet run --project bench/Millrace.Benchmarks -c Release -- "$@"
      ;;
    lines)
      build_worker >&2
      restore_managed >&2
      install_packages "${test_packages[@]}"
      build_npm "$root/tests/page" >&2
      mkdir -p "$artifacts/bench"
      local table="$artifacts/bench/lines.md"
      rm -f "$table"
      MILLRACE_NATIVE_DIR="$native_dir" MILLRACE_LINE_SEEDS="${1:-1,2,3}" MILLRACE_LINE_TABLE="$table" \
        dotnet test tests/Millrace.EndToEnd.Tests -c Release --no-restore --filter 'FullyQualifiedName~BadLineTests' >&2 || true
      exec sort "$table"
      ;;
    *) fail "bench knows: forward, delay, instructions, channel, lines" ;;
  esac
}

# What our own code executes for one copy of a packet, cipher and kernel left out; an error above the bound.
count_instructions() {
  local most=${1:-2200} out="$artifacts/cmake/release/callgrind" copies counted each
  copies=$(valgrind --tool=callgrind --callgrind-out-file="$out" --collect-atstart=no \
    --toggle-collect='millrace::(anonymous namespace)::Counted*' \
    "$artifacts/cmake/release/out/millrace-instructions" 2>/dev/null)
  counted=$(sed -n 's/^\(summary\|totals\): //p' "$out" | tail -1)
  each=$((counted / copies))
  echo "$each instructions a forwarded packet (at most $most), $copies packets"
  [ "$each" -le "$most" ] || fail "more instructions a forwarded packet than $most"
}

verb_sim() {
  check_prerequisites
  install_packages "${build_packages[@]}" "${test_packages[@]}"
  build_native release millrace_simulation_tests >&2
  exec "$artifacts/cmake/release/tests/native/millrace_simulation_tests" "$@"
}

# fuzz [TARGET [SECONDS]]: without a target, each one in turn.
verb_fuzz() {
  local only=${1:-} seconds=${2:-60} program name
  check_prerequisites
  install_packages "${build_packages[@]}" "${fuzz_packages[@]}"
  local targets=()
  for program in tests/native/fuzz/*_fuzz.cc; do
    name=$(basename "$program" _fuzz.cc)
    [ -z "$only" ] || [ "$only" = "$name" ] || continue
    targets+=("${name}_fuzz")
  done
  [ ${#targets[@]} -gt 0 ] || fail "there is no fuzz target '$only' in tests/native/fuzz"
  build_native fuzz "${targets[@]}" >&2
  for program in "${targets[@]/#/$artifacts/cmake/fuzz/tests/native/}"; do
    name=$(basename "$program" _fuzz)
    say "$name for $seconds s"
    mkdir -p "$artifacts/fuzz/$name"
    "$program" -max_total_time="$seconds" -artifact_prefix="$artifacts/fuzz/$name-" \
      "$artifacts/fuzz/$name" "tests/native/fuzz/corpus/$name"
  done
}

verb_format() {
  check_prerequisites
  install_packages "${format_packages[@]}"
  git ls-files '*.cc' '*.h' | xargs clang-format-19 -i
  restore_managed
  dotnet format millrace.slnx --no-restore --exclude interop/Millrace.Interop/Generated
}

verb_clean() { rm -rf "$artifacts" "$web_dir/dist" "$web_dir/node_modules" tests/{node,page}/node_modules tests/page/dist; }

verb_help() {
  cat <<'EOF'
./build.sh run [options]        build what is missing, start the server in the foreground
./build.sh user add NAME        add a user to the users file (asks for the password)
./build.sh build                build the worker, the page and the server into artifacts/
./build.sh test                 build and run every test; the last line counts them
./build.sh bench [forward|delay|instructions|channel|lines] [options]
                                media load on the worker, round trips on the worker channel, or calls
                                of two browsers over bad lines (seeds, such as 1,2,3)
./build.sh sim [options]        run the network simulation (--gtest_filter=... picks scenarios, --figures prints a table)
./build.sh fuzz [TARGET [SEC]]  run the fuzz targets
./build.sh format               format C++ and C#
./build.sh clean                remove everything that was built
EOF
}

verb=${1:-help}
[ $# -gt 0 ] && shift
case $verb in
  run | user | build | test | bench | sim | fuzz | format | clean | help) "verb_$verb" "$@" ;;
  *) verb_help >&2; fail "unknown verb '$verb'" ;;
esac
