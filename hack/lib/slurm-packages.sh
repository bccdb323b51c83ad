# shellcheck shell=bash disable=SC2154 # the parts share variables
# What a Slurm cluster needs on the host.

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

require_packages() {
  if [ -n "$suite" ] && [ "$(id -u)" -ne 0 ]; then
    missing "--suite $suite needs root: it builds a root with debootstrap and enters it with mount namespaces"
  fi
  install_missing missing_packages
  [ -z "$suite" ] || [ -d "$(suite_root)" ] || build_suite_root
}
