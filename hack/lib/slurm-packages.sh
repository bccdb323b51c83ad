# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# What must be installed on the host, and how to install it without disturbing the host.

host_suite() { (. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME-}"); }

# Prints the Debian packages whose commands are not there.
missing_packages() {
  local PATH=$PATH:/usr/sbin:/sbin
  if [ -n "$suite" ]; then
    lacks debootstrap && echo debootstrap
    lacks nsenter unshare && echo util-linux
  else
    lacks slurmctld slurmd sbatch squeue srun scancel scontrol sinfo sacct && echo slurm-wlm
    lacks munged mungekey && echo munge
    if [ "$accounting" = yes ]; then
      lacks slurmdbd && echo slurmdbd
      # The core package has the server but no service, user or files under /etc for it.
      lacks mariadbd mariadb-install-db && echo mariadb-server-core
      lacks mariadb && echo mariadb-client-core
    fi
  fi
  lacks perl && echo perl-base
  return 0
}

# True when one of the commands is not there.
lacks() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null || return 0
  done
  return 1
}

require_packages() {
  local packages
  if [ -n "$suite" ] && [ "$(id -u)" -ne 0 ]; then
    missing "--suite $suite needs root: it builds a root with debootstrap and enters it with mount namespaces"
  fi
  mapfile -t packages < <(missing_packages)
  if [ ${#packages[@]} -gt 0 ]; then
    install_packages "${packages[@]}"
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} -eq 0 ] || missing "still missing after the installation: ${packages[*]}"
  fi
  [ -z "$suite" ] || [ -d "$(suite_root)" ] || build_suite_root
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
