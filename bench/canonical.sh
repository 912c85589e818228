#!/usr/bin/env bash
# What it costs that results are the same everywhere: processor time of each stage (canonical.c, one
# thread) with the core as it is; with a copy in which the compiler may fuse products and sums as it
# likes; and with one in which it may also change the order of sums (-ffast-math). The runs take
# turns, and the least time of each counts.
#
#   bench/canonical.sh [TURNS] >bench/results/canonical.md
set -euo pipefail
cd "$(dirname "$0")/.."
turns=${1:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build NAME CORE FLAGS
build() {
  local archive
  archive=$(make -s -C tests/c identity CORE="$2" CFLAGS="$3" | tail -n 1)
  gcc -std=gnu11 -O2 -pthread -I"$2" -Itests/c bench/canonical.c "${archive%identity}core.a" -lm \
    -o "$work/$1"
}

cp -r src/core "$work/core"
sed -i -e '/^#error/d' -e '/FP_CONTRACT OFF/d' -e '/fp-contract=off/d' "$work/core/arith/arith.h"
build canonical "$PWD/src/core" -O2
build contracted "$work/core" '-O2 -ffp-contract=fast'
build reordered "$work/core" '-O2 -ffast-math'

levels=$(for level in avx2 avx512 vnni; do
  # Only those that this processor has.
  UNFURL_ISA=$level UNFURL_THREADS=1 "$(make -s -C tests/c identity CFLAGS=-O2 | tail -n 1)" |
    sed -n "1s/kernels $level/$level/p"
done)

for ((turn = 0; turn < turns; turn++)); do
  for level in $levels; do
    for build in canonical contracted reordered; do
      UNFURL_ISA=$level "$work/$build" | sed "s/^/$level $build /"
    done
  done
done >"$work/times"

cat <<END
# The cost of canonical arithmetic

\`bench/canonical.sh\`: processor seconds of a stage on one thread, 6,000 rows of 120 columns, the least of
$turns turns. "fused": the compiler may contract a * b + c as it likes; "reordered": it may also reorder
sums (\`-ffast-math\`). In brackets the canonical time relative to it.

| kernels | stage | canonical | fused | reordered |
|---|---|---|---|---|
END
awk '{ key = $1 " | " $3; if (!((key, $2) in t) || $4 < t[key, $2]) t[key, $2] = $4
       if (!(key in seen)) { seen[key] = 1; keys[n++] = key }
       level[key] = $1 }
  END {
    for (i = 0; i < n; i++) {
      k = keys[i]; c = t[k, "canonical"]; f = t[k, "contracted"]; r = t[k, "reordered"]
      printf "| %s | %.3f | %.3f (%.2f) | %.3f (%.2f) |\n", k, c, f, c / f, r, c / r
      all_c[level[k]] += c; all_f[level[k]] += f; all_r[level[k]] += r
    }
    for (l in all_c) printf "| %s | all | %.3f | %.3f (%.2f) | %.3f (%.2f) |\n", l, all_c[l],
      all_f[l], all_c[l] / all_f[l], all_r[l], all_c[l] / all_r[l]
  }' "$work/times" | sort -s -t '|' -k 2,2
echo
echo "$(gcc --version | head -n 1), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)."
