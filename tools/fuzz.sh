#!/usr/bin/env bash
# Arbitrary bytes for the core: each target of tests/fuzz by libFuzzer, under AddressSanitizer and
# UBSan, beginning with the inputs kept in tests/fuzz/corpus.
#
#   tools/fuzz.sh [SECONDS]     for each target; 20 by default
#   tools/fuzz.sh --keep SECONDS   and keeps the few inputs that reach all that was reached
#
# An input that breaks a target is left in the current directory. The last line counts.
set -uo pipefail
cd "$(dirname "$0")/.."
keep=false
if [[ ${1-} == --keep ]]; then keep=true && shift; fi
seconds=${1:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

fuzz() {
  local target=$1 corpus=tests/fuzz/corpus/$1
  mkdir -p "$work/$target" "$corpus"
  clang -std=gnu11 -g -O1 -pthread -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=undefined -Isrc/core "tests/fuzz/$target.c" \
    $(find src/core -name "*.c") -lm -o "$work/$target.bin" || return 1
  "$work/$target.bin" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2000 -print_final_stats=1 \
    -close_fd_mask=1 -artifact_prefix="$work/" "$work/$target" "$corpus" >"$work/log" 2>&1
  local status=$?
  if ((status)); then
    tail -n 40 "$work/log"
    cp "$work"/crash-* "$work"/timeout-* "$work"/oom-* "$work"/leak-* . 2>/dev/null
  else grep -E 'number_of_executed_units' "$work/log"
  fi
  if $keep; then
    mv "$corpus" "$work/old" && mkdir "$corpus"
    "$work/$target.bin" -merge=1 "$corpus" "$work/old" "$work/$target" >/dev/null 2>&1
    # Thirty of them are enough to begin with.
    find "$corpus" -type f | sort | tail -n +31 | xargs -r rm
    rm -rf "$work/old"
  fi
  return "$status"
}

for source in tests/fuzz/fuzz_*.c; do
  target=$(basename "$source" .c)
  printf '== %s\n' "$target"
  if ! command -v clang >/dev/null; then
    skipped=$((skipped + 1))
  elif fuzz "$target"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
