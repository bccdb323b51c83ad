# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# The life of a cluster: its daemons in order, when it is usable, and what it says about itself.

# client COMMAND...: a client command of this cluster's own Slurm version.
client() {
  if [ -n "$suite" ]; then
    SLURM_CONF=$dir/slurm.conf "$dir/bin/$1" "${@:2}"
  else
    SLURM_CONF=$dir/slurm.conf "$@"
  fi
}

# in_root COMMAND...: on the host, or in the suite's root.
in_root() {
  if [ -n "$suite" ]; then
    PATH=$SYSTEM_PATH nsenter --mount="/proc/$(pid_of namespace)/ns/mnt" -- "$@"
  else
    PATH=$(path_with_slurm) "$@"
  fi
}

daemon_program() {
  if [ -n "$suite" ]; then
    echo "/usr/sbin/$1"
  else
    PATH=$(path_with_slurm) command -v "$1"
  fi
}

daemon_names() {
  [ -z "$suite" ] || echo namespace
  echo munged
  [ "$accounting" = no ] || printf '%s\n' mariadbd slurmdbd
  printf '%s\n' slurmctld slurmd-n0 slurmd-n1
}

start_instance() {
  local try code
  for try in 1 2 3 4 5; do
    empty_directory
    choose_ports
    write_configuration
    code=0
    start_daemons || code=$?
    [ "$code" -ne 0 ] || return 0
    if [ "$code" -ne "$RETRY" ] || [ "$try" -eq 5 ]; then
      fail 'the cluster did not start'
    fi
    note "a port was taken meanwhile; trying others"
    stop_all_processes
  done
}

start_daemons() {
  [ -z "$suite" ] || start_namespace || return
  start_munged || return
  [ "$accounting" = no ] || start_accounting || return
  start_slurmctld || return
  start_slurmd n0 || return
  start_slurmd n1 || return
  wait_usable
}

# --force, because a directory below a group-writable or private one is fine here: the key is ours alone.
start_munged() {
  head -c 128 /dev/urandom >"$dir/munge/key"
  chmod 600 "$dir/munge/key"
  start_daemon munged "$(daemon_program munged)" --foreground --force --num-threads 2 --key-file="$dir/munge/key" \
    --socket="$dir/munge/socket" --pid-file="$dir/run/munged.own" --seed-file="$dir/munge/seed" \
    --log-file="$dir/log/munged.log" || return
  wait_until "$PATIENCE" test -S "$dir/munge/socket"
}

start_slurmctld() {
  start_daemon slurmctld "$(daemon_program slurmctld)" -D -f "$dir/slurm.conf" || return
  wait_listening slurmctld "$ctld_port"
}

start_slurmd() {
  start_daemon "slurmd-$1" "$(daemon_program slurmd)" -D -N "$1" -f "$dir/slurm.conf"
}

# Usable: both nodes wait for work, and a step runs on each of them.
wait_usable() {
  wait_until "$PATIENCE" nodes_idle_or_ended || return
  local name
  for name in slurmd-n0 slurmd-n1; do
    is_running "$name" || died "$name" || return
  done
  client srun --quiet --immediate="$PATIENCE" -N2 -n2 true >"$dir/log/srun.log" 2>&1
}

nodes_idle_or_ended() {
  ! is_running slurmd-n0 || ! is_running slurmd-n1 || nodes_are idle
}

# nodes_are STATE: sinfo shows that state, without the mark of a node that does not answer, for both.
nodes_are() {
  [ "$(client sinfo --noheader -N --partition=main -o '%N %T' 2>/dev/null)" = "n0 $1"$'\n'"n1 $1" ]
}

controller_answers() { client scontrol ping 2>/dev/null | grep -q 'is UP'; }

is_usable() {
  local name
  for name in $(daemon_names); do
    is_running "$name" || return 1
  done
  # Nodes may be at work; they must not be down or silent.
  ! client sinfo --noheader -N --partition=main -o '%T' 2>&1 | grep -qvE '^(idle|mixed|allocated|completing|planned)[+-]?$'
}

# True when the cluster that is there needs nothing, or only its controller started again.
revive_instance() {
  ! is_usable || return 0
  local name
  for name in $(daemon_names); do
    [ "$name" = slurmctld ] || is_running "$name" || return 1
  done
  is_running slurmctld || start_slurmctld || return 1
  wait_until "$PATIENCE" is_usable
}

print_status() {
  local name state port
  echo "directory  $dir"
  echo "suite      ${suite:-$(host_suite) (host)}"
  echo "slurm      $(client sinfo --version 2>&1 | head -n 1)"
  for name in $(daemon_names); do
    state=stopped port=''
    ! is_running "$name" || state="pid $(pid_of "$name")"
    case $name in
      slurmctld) port=$ctld_port ;;
      slurmd-n0) port=$n0_port ;;
      slurmd-n1) port=$n1_port ;;
      slurmdbd) port=$dbd_port ;;
    esac
    printf '%-10s %-12s %s\n' "$name" "$state" "${port:+port $port}"
  done
  is_running slurmctld || return 0
  client sinfo 2>&1 || true
}
