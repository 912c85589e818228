# Programs from Debian, for the scripts that source this file.
# shellcheck shell=bash

# install_debian PACKAGE...: where the system is Debian's and we are root; who needs them looks
# whether they are there.
install_debian() {
  local package
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then return; fi
  for package in "$@"; do
    DEBIAN_FRONTEND=noninteractive timeout 300 \
      apt-get -qq -o DPkg::Lock::Timeout=120 install -y "$package" >/dev/null 2>&1
  done
}
