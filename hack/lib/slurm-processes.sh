# shellcheck shell=bash disable=SC2154 # the parts share variables
# How a Slurm daemon is started, and which processes are those of a cluster.

readonly SYSTEM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# start_daemon NAME [VARIABLE=VALUE]... COMMAND...: in a suite's root it enters that root.
start_daemon() {
  local name=$1 enter=() variables=()
  shift
  while [[ $1 == [A-Z]*=* ]]; do
    variables+=("$1")
    shift
  done
  if [ -n "$suite" ] && [ "$name" != namespace ]; then
    enter=(nsenter --mount="/proc/$(pid_of namespace)/ns/mnt" --)
  fi
  keep "$name" PATH="$(daemon_path)" SLURM_CONF="$dir/slurm.conf" "${variables[@]}" "${enter[@]}" "$@"
}

daemon_path() { if [ -n "$suite" ]; then echo "$SYSTEM_PATH"; else path_with_slurm; fi; }

# The caller's PATH, with the directories where Debian puts the daemons.
path_with_slurm() { case :$PATH: in *:/usr/sbin:*) echo "$PATH" ;; *) echo "$PATH:/usr/sbin:/sbin" ;; esac; }

# PATH as it was before the client commands of some cluster were put into it.
path_without_clusters() {
  local entry entries path=''
  IFS=: read -ra entries <<<"$PATH"
  for entry in "${entries[@]}"; do
    [ -e "${entry%/bin}/.vk-slurm" ] || path=$path:$entry
  done
  echo "${path#:}"
}

is_daemon_name() {
  case $(cat "/proc/$1/comm" 2>/dev/null) in
    slurmctld* | slurmd* | slurmstepd* | munged | mariadbd | perl | keeper.pl) ;;
    *) return 1 ;;
  esac
}

# slurmstepd overwrites its arguments, but holds the log, spool or socket of its node open.
is_orphaned_step() {
  [[ $(cat "/proc/$1/comm" 2>/dev/null) == slurmstepd* ]] || return 1
  find "/proc/$1/fd" -maxdepth 1 -lname "$dir/*" 2>/dev/null | grep -q .
}

unmarked_pids() {
  local file pid
  for file in $(grep -lsxE 'slurmstepd.*' /proc/[0-9]*/comm); do
    pid=${file#/proc/}
    pid=${pid%/*}
    ! is_orphaned_step "$pid" || echo "$pid"
  done
}
