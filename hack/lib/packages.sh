# shellcheck shell=bash disable=SC2154 # the parts share variables
# Installing what is missing on the host without disturbing the host.

# True when one of the commands is not there.
lacks() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null || return 0
  done
  return 1
}

# install_missing COMMAND: installs the packages that the command prints, and asks it again.
install_missing() {
  local packages
  mapfile -t packages < <("$1")
  [ ${#packages[@]} -gt 0 ] || return 0
  install_packages "${packages[@]}"
  mapfile -t packages < <("$1")
  [ ${#packages[@]} -eq 0 ] || missing "still missing after the installation: ${packages[*]}"
}

install_packages() {
  if [ "$(id -u)" -ne 0 ] || lacks apt-get; then
    missing "missing: $* (as root on Debian: apt-get install --no-install-recommends $*)"
  fi
  note "installing $*"
  local log
  log=$(mktemp)
  if ! without_services apt_install "$@" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    missing "apt-get could not install: $*"
  fi
  rm -f "$log"
}

apt_install() {
  local try apt=(apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold)
  export DEBIAN_FRONTEND=noninteractive
  # apt does not wait for the lock of its package lists; and lists can be too old to find a package.
  for try in 1 2 3 4 5 6; do
    if "${apt[@]}" install --no-install-recommends "$@"; then
      return 0
    fi
    [ "$try" -eq 1 ] || sleep 5
    "${apt[@]}" update || true
  done
  return 1
}

# without_services COMMAND...: packages that the command installs neither start nor enable their services.
without_services() {
  local code=0 before policy=/usr/sbin/policy-rc.d ours=no
  before=$(service_units)
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  "$@" || code=$?
  [ "$ours" = no ] || rm -f "$policy"
  if ! lacks systemctl; then
    # shellcheck disable=SC2046 # one word per unit
    set -- $(comm -13 <(echo "$before") <(service_units))
    [ $# -eq 0 ] || systemctl disable "$@" || true
  fi
  return "$code"
}

service_units() {
  find /lib/systemd/system /usr/lib/systemd/system -maxdepth 1 -name '*.service' ! -name '*@.service' \
    -printf '%f\n' 2>/dev/null | sort -u
}

# Debian's mirror as the host's apt has it, in either of apt's two formats.
debian_mirror() {
  local mirror
  mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
    awk '!/^#/ && !found { for (i = 1; i <= NF; i++) if ($i ~ /^https?:\/\/.*\/debian\/?$/) { found = 1; print $i; break } }')
  echo "${mirror:-http://deb.debian.org/debian}"
}
