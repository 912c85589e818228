# What R CMD check shall not complain of, for .ci/run and tools/cran.sh, which source this file.
# shellcheck shell=bash

# The network (which also knows that the name is new to CRAN), the clock and the suggested packages
# of this machine, and Debian's own compiler flags.
export _R_CHECK_CRAN_INCOMING_REMOTE_=false
export _R_CHECK_SYSTEM_CLOCK_=false
export _R_CHECK_FORCE_SUGGESTS_=false
export _R_CHECK_PKG_SIZES_THRESHOLD_=10 # MB; most of it are debug symbols, by Debian's flag -g
export _R_CHECK_COMPILATION_FLAGS_KNOWN_="-Wformat -Werror=format-security -Wdate-time \
  -fstack-protector-strong -mno-omit-leaf-frame-pointer -mbranch-protection=standard"

# Titles of the checks whose notes say only what the machine lacks.
unavoidable='package dependencies'
if ! command -v pandoc >/dev/null; then unavoidable+='|top-level files'; fi
if ! command -v tidy >/dev/null; then unavoidable+='|HTML version of manual'; fi
if ! locale -a | grep -qi '^en_US.utf-\?8$'; then unavoidable+='|R files for syntax errors'; fi

# complaints LOG: the errors, the warnings, and the notes that the package could avoid.
complaints() {
  grep -E '^\* checking .* (ERROR|WARNING|NOTE)$' "$1" |
    grep -vE "^\* checking ($unavoidable) .*NOTE$"
}
