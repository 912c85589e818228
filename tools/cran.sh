#!/usr/bin/env bash
# R CMD check --as-cran in each of the ways in which CRAN and its users may run it; and how much of
# the code the tests reach.
#
#   tools/cran.sh [WAY...]     gcc clang c2x scalar cores ascii path strict; all by default
#   tools/cran.sh coverage     lines of R (covr) and of C (gcov) that the tests run
#
# The last line counts; what is not installed is skipped.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
source tools/check_settings.sh

build() {
  (cd "$work" && R CMD build "$root" >build.log 2>&1) || { cat "$work/build.log" && return 1; }
}

# check DIRECTORY MAKEVARS [VARIABLE=VALUE...]: fails on errors, warnings, and notes but for those
# that tell what the machine lacks.
check() {
  local directory=$work/$1 log
  mkdir -p "$directory"
  printf '%b' "$2" >"$directory/Makevars"
  (cd "$directory" && env "${@:3}" R_MAKEVARS_USER="$directory/Makevars" \
    R CMD check --as-cran --no-manual --no-build-vignettes --ignore-vignettes \
    "$work"/unfurl_*.tar.gz) >"$directory/out" 2>&1
  local status=$?
  log=$directory/unfurl.Rcheck/00check.log
  if complaints "$log"; then status=1; fi
  if ((status)); then tail -n 30 "$log"; fi
  return "$status"
}

strict() {
  make -s -C tests/c core STANDARD=c11 \
    CFLAGS='-O2 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Werror'
}

run() {
  printf '\n== %s\n' "$1"
  local compiler=$1
  if [[ $1 == clang ]] && ! command -v clang >/dev/null; then
    skipped=$((skipped + 1))
    return
  fi
  local status
  case $1 in
    gcc | clang) check "$1" "CC = $compiler\n" ;;
    c2x) check c2x 'CC = gcc -std=gnu2x\n' ;;
    scalar) check scalar '' UNFURL_ISA=scalar ;;
    cores) check cores '' _R_CHECK_LIMIT_CORES_=TRUE OMP_THREAD_LIMIT=2 ;;
    ascii) check ascii '' LANG=C LC_ALL=C ;;
    path) check 'a path with ümlauts' '' ;;
    strict) strict ;;
    coverage) Rscript tools/coverage.R ;;
    *) echo "no such way: $1" && false ;;
  esac
  status=$?
  if ((status == 0)); then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

if [[ ${1-} != coverage ]]; then build || exit 1; fi
for way in "${@:-gcc clang c2x scalar cores ascii path strict}"; do
  for name in $way; do run "$name"; done
done
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
