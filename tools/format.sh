#!/usr/bin/env bash
# Formats the C sources as .clang-format says.
#
#   tools/format.sh            all of them, in place
#   tools/format.sh --check    only says which are not formatted, and ends with status 1 if any
set -uo pipefail
cd "$(dirname "$0")/.." || exit
options=(-i)
if [[ ${1-} == --check ]]; then options=(--dry-run -Werror); fi
if ! command -v clang-format >/dev/null; then
  echo 'clang-format is not installed: nothing was formatted or checked'
  exit 0
fi
git ls-files -z '*.c' '*.h' | xargs -0 clang-format "${options[@]}"
