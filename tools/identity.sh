#!/usr/bin/env bash
# One seed, one picture: builds the core with several compilers and flags, runs every stage on each
# instruction set, number of threads and processor (tests/c/identity.c), and compares the hashes. A
# difference names the first stage that differs.
#
#   tools/identity.sh              a part of the matrix, about a minute
#   tools/identity.sh --full       all of it, about half an hour
#   tools/identity.sh --write      the same as without, and the table to bench/results/identity.md;
#                                  with --full the whole of it
#
# tests/testthat/golden.csv shows whether all of them changed together. The last line counts the
# runs; it skips compilers, emulators and instruction sets that this machine does not have.
# Missing compilers are installed where the system is Debian's and we are root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
source tools/debian.sh

full=false write=false
for argument in "$@"; do
  case $argument in
    --full) full=true ;;
    --write) write=true ;;
    *) echo "usage: tools/identity.sh [--full] [--write]" >&2 && exit 2 ;;
  esac
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

install_missing() {
  local command
  for command in clang:clang aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-aarch64:qemu-user; do
    if ! command -v "${command%:*}" >/dev/null; then install_debian "${command#*:}"; fi
  done
}

is_native() {
  case $(uname -m) in
    x86_64) [[ $1 == x86-64 ]] ;;
    aarch64) [[ $1 == arm64 ]] ;;
    *) false ;;
  esac
}

# How a build of the core for PROCESSOR is made and run; the words that make takes, one a line.
build_words() {
  local processor=$1 compiler=$2 flags=$3
  printf '%s\n' "CFLAGS=$flags"
  if is_native "$processor"; then
    printf '%s\n' "CC=$compiler"
  elif [[ $compiler == gcc ]]; then
    printf '%s\n' CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar
  else
    printf '%s\n' "CC=clang --target=aarch64-linux-gnu" AR=aarch64-linux-gnu-ar
  fi
}

can_run() {
  local processor=$1 compiler=$2
  command -v "$compiler" >/dev/null || return 1
  if is_native "$processor"; then return; fi
  [[ $processor == arm64 ]] && command -v aarch64-linux-gnu-gcc >/dev/null &&
    command -v qemu-aarch64 >/dev/null
}

# Runs one cell of the matrix; says "ok", "-" for skipped, or the stage that differs.
run_cell() {
  local program=$1 runner=$2 isa=$3 threads=$4 log=$work/log
  if ! UNFURL_ISA=$isa UNFURL_THREADS=$threads $runner "$program" >"$log" 2>&1; then
    echo "died: $(tail -n 1 "$log")"
    return
  fi
  if [[ $(head -n 1 "$log") != "kernels $isa" ]]; then
    echo -
    return
  fi
  sed 1d "$log" >"$work/hashes"
  if [[ ! -f $work/reference ]]; then cp "$work/hashes" "$work/reference"; fi
  if cmp -s "$work/hashes" "$work/reference"; then
    echo ok
  else
    diff "$work/reference" "$work/hashes" |
      sed -n 's/^[<>] \(.*\) [0-9a-f]*$/\1 differs/p' | head -n 1
  fi
}

# Builds the program that runs all stages, and prints its name.
build() {
  local words log=$work/build
  mapfile -t words < <(build_words "$@")
  if make -s -j"$(nproc)" -C tests/c identity "${words[@]}" >"$log" 2>&1; then
    tail -n 1 "$log"
  else
    cat "$log" >&2
  fi
}

# leg PROCESSOR COMPILER FLAGS LEVELS THREADS: one build, run on each of the levels and threads; a
# row of the table for each level.
leg() {
  local processor=$1 compiler=$2 flags=$3 program='' runner='' isa threads result results
  if ! is_native "$processor"; then runner='qemu-aarch64 -L /usr/aarch64-linux-gnu'; fi
  if can_run "$processor" "$compiler"; then program=$(build "$processor" "$compiler" "$flags"); fi
  for isa in $4; do
    results=
    for threads in $5; do
      if ! can_run "$processor" "$compiler"; then
        result=-
      elif [[ -z $program ]]; then
        result='no build'
      else
        result=$(run_cell "$program" "$runner" "$isa" "$threads")
      fi
      case $result in
        ok) passed=$((passed + 1)) ;;
        -) skipped=$((skipped + 1)) ;;
        *) failed=$((failed + 1)) ;;
      esac
      results+="${results:+, }$threads: $result"
    done
    echo "| $processor | $compiler \`$flags\` | $isa | $results |" | tee -a "$work/table"
  done
}

# refuse COMPILER FLAGS: arithmetic that is not IEEE 754's, or not in float, must not compile.
refuse() {
  local compiler=$1 flags=$2 result=refused
  if ! can_run x86-64 "$compiler"; then
    result=- skipped=$((skipped + 1))
  # shellcheck disable=SC2086
  elif "$compiler" -std=gnu11 -Isrc/core $flags -fsyntax-only \
    src/core/data/metric.c 2>/dev/null; then
    result=compiled failed=$((failed + 1))
  else
    passed=$((passed + 1))
  fi
  echo "| x86-64 | $compiler \`$flags\` | must not compile | $result |" | tee -a "$work/table"
}

matrix() {
  local x86='scalar sse2 fma avx2 avx512 vnni' arm='scalar neon' compiler flags
  leg x86-64 gcc -O2 "$x86" '1 2 5'
  if $full; then
    for flags in -O0 -O3 '-O3 -march=native'; do leg x86-64 gcc "$flags" "$x86" '1 2 5'; done
    for flags in -O0 -O2 -O3 '-O3 -march=native'; do leg x86-64 clang "$flags" "$x86" '1 2 5'; done
    for compiler in gcc clang; do
      for flags in -O0 -O2 -O3; do leg arm64 "$compiler" "$flags" "$arm" '1 2 5'; done
    done
  else
    leg x86-64 gcc -O0 'scalar avx512' 1
    leg x86-64 gcc '-O3 -march=native' 'scalar avx2 vnni' 2
    leg x86-64 clang -O3 "$x86" 5
    leg arm64 gcc -O2 neon 2
  fi
  refuse gcc -ffast-math
  refuse gcc -mfpmath=387
  refuse clang -ffast-math
}

report() {
  cat <<-END
	# One seed, one picture: the matrix

	Every stage on fixed data (\`tests/c/identity.c\`), built and run in each way below; a cell is ok
	when the hash of every stage equals the hash of the first cell. arm64 is emulated by qemu.
	\`tools/identity.sh$($full && echo ' --full') --write\` makes this page.

	$passed runs agree, $failed do not, $skipped were skipped (compiler, emulator or
	instructions not at hand).

	| processor | compiler | kernels | threads |
	|---|---|---|---|
	$(cat "$work/table")

	## The hashes

	| stage | hash |
	|---|---|
	$(sed -E 's/^(.*) ([0-9a-f]+)$/| \1 | \2 |/' "$work/reference")

	$(gcc --version | head -n 1); $(clang --version 2>/dev/null | head -n 1)
	END
}

install_missing
matrix
if $write; then report >bench/results/identity.md; fi
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
