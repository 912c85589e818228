#!/usr/bin/env bash
# The code under instruments that see what tests cannot.
#
#   tools/sanitize.sh address     tests/c under AddressSanitizer and UBSan
#   tools/sanitize.sh thread      tests/c under ThreadSanitizer
#   tools/sanitize.sh valgrind    tests/c under valgrind memcheck
#   tools/sanitize.sh package     tests/testthat, shared object under AddressSanitizer and UBSan
#   tools/sanitize.sh torture     gctorture on the glue: every allocation of R collects garbage
#   tools/sanitize.sh examples    the examples of the help pages under valgrind
#   tools/sanitize.sh all
#
# The last line counts; an instrument that is not installed is skipped.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

run_c_tests() {
  local last
  make -C tests/c check "$@" 2>&1 | grep -v '^  [a-z_0-9]*\.c$' | tee "$work/log"
  last=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$work/log" | tail -n 1)
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
  fi
}

count() { if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }

has() {
  if command -v "$1" >/dev/null; then return 0; fi
  echo "$1 is not installed: skipped"
  skipped=$((skipped + 1))
  return 1
}

# Installs the package to $work/library, compiled with FLAGS; make would keep what others made.
install_with() {
  rm -rf "$work/library" "$work/source"
  mkdir -p "$work/library" "$work/source"
  git ls-files -co --exclude-standard | while read -r file; do
    if [[ -e $file ]]; then printf '%s\n' "$file"; fi
  done | tar cf - -T - | tar xf - -C "$work/source"
  printf 'CFLAGS = -g -O1 %s\nLDFLAGS = %s\n' "$1" "$1" >"$work/Makevars"
  R_MAKEVARS_USER=$work/Makevars MAKEFLAGS=-j$(nproc) R CMD INSTALL --no-docs --no-test-load \
    --no-staged-install -l "$work/library" "$work/source" >"$work/install" 2>&1 || {
    cat "$work/install"
    return 1
  }
}

# R's own leaks at exit are not ours, and its vectors end in gaps that it knows of.
r_with_asan() {
  LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" \
    ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    R_LIBS=$work/library:${R_LIBS-} NOT_CRAN=true UNFURL_SANITIZED=true "$@"
}

package() {
  local flags='-fsanitize=address,undefined -fno-omit-frame-pointer'
  install_with "$flags" || return 1
  cp -r tests/testthat "$work/testthat"
  r_with_asan Rscript -e "
    results <- as.data.frame(testthat::test_dir('$work/testthat', package = 'unfurl',
      load_package = 'installed', reporter = 'check', stop_on_failure = FALSE))
    cat(sum(results\$failed == 0 & !results\$error), 'passed under AddressSanitizer\n')
    quit(status = as.integer(any(results\$failed > 0 | results\$error)))"
}

torture() {
  install_with '' || return 1
  R_LIBS=$work/library:${R_LIBS-} Rscript tools/torture.R
}

examples() {
  install_with '' || return 1
  (cd "$work" && _R_CHECK_FORCE_SUGGESTS_=false R CMD build --no-build-vignettes source &&
    R CMD check --use-valgrind --no-manual --no-build-vignettes --ignore-vignettes --no-tests \
      unfurl_*.tar.gz) >"$work/log" 2>&1
  local status=$? output
  output=$(cat "$work"/unfurl.Rcheck/*-Ex.Rout 2>/dev/null)
  if ((status)); then tail -n 30 "$work/log"; fi
  # Errors that have a function of ours in their stack.
  if grep -A 12 -E '^==[0-9]+== (Invalid|Conditional|Use of|Syscall)' <<<"$output" |
    grep -E 'unfurl\.so|uf_|\(r_[a-z]+\.c'; then
    return 1
  fi
  return "$status"
}

run() {
  printf '\n== %s\n' "$1"
  case $1 in
    address) run_c_tests SANITIZE=address,undefined ;;
    thread) run_c_tests SANITIZE=thread ;;
    valgrind)
      has valgrind && run_c_tests CFLAGS=-O1 \
        RUNNER='valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite'
      ;;
    package) count package ;;
    torture) count torture ;;
    examples) has valgrind && count examples ;;
    all) for name in address thread valgrind package torture examples; do run "$name"; done ;;
    *) sed -n '2,13s/^# \{0,1\}//p' "$root/tools/sanitize.sh" && exit 2 ;;
  esac
}

if (($# == 0)); then run help; fi
for name in "$@"; do run "$name"; done
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
