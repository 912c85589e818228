#!/usr/bin/env bash
# Arbitrary bytes for the core: each target of tests/fuzz by libFuzzer, under AddressSanitizer and
# UBSan, beginning with the inputs kept in tests/fuzz/corpus.
#
#   tools/fuzz.sh [SECONDS]     for each target; 20 by default
#   tools/fuzz.sh --keep SECONDS   and keeps the few inputs that reach all that was reached
#
# An input that breaks a target is left in the current directory. The last line counts.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
source tools/debian.sh
keep=false
if [[ ${1-} == --keep ]]; then keep=true && shift; fi
seconds=${1:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0 build=

# The runtime of libFuzzer is a package of its own.
can_fuzz() {
  command -v clang >/dev/null &&
    echo 'int LLVMFuzzerTestOneInput(const char *data, long n) { return n < 0 && *data; }' |
    clang -x c -fsanitize=fuzzer,address - -o "$work/probe" 2>/dev/null
}

# Prints the directory of the targets.
build_targets() {
  make -s -j"$(nproc)" -C tests/c fuzz CC=clang CFLAGS=-O1 \
    SANITIZE=fuzzer-no-link,address,undefined | tail -n 1
}

fuzz() {
  local target=$1 corpus=tests/fuzz/corpus/$1
  mkdir -p "$work/$target" "$corpus"
  "$build/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2000 -print_final_stats=1 \
    -close_fd_mask=1 -artifact_prefix="$work/" "$work/$target" "$corpus" >"$work/log" 2>&1
  local status=$?
  if ((status)); then
    tail -n 40 "$work/log"
    cp "$work"/crash-* "$work"/timeout-* "$work"/oom-* "$work"/leak-* . 2>/dev/null
  else grep -E 'number_of_executed_units' "$work/log"
  fi
  if $keep; then
    mv "$corpus" "$work/old" && mkdir "$corpus"
    "$build/$target" -merge=1 "$corpus" "$work/old" "$work/$target" >/dev/null 2>&1
    # Thirty of them are enough to begin with.
    find "$corpus" -type f | sort | tail -n +31 | xargs -r rm
    rm -rf "$work/old"
  fi
  return "$status"
}

if ! can_fuzz; then
  install_debian clang
  install_debian "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev"
fi
if can_fuzz; then build=$(build_targets); fi
for source in tests/fuzz/fuzz_*.c; do
  target=$(basename "$source" .c)
  printf '== %s\n' "$target"
  if ! can_fuzz; then
    echo 'clang or its libFuzzer is not installed: skipped'
    skipped=$((skipped + 1))
  elif fuzz "$target"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
