# shellcheck shell=bash disable=SC2154 # the parts share variables
# Starting daemons under a keeper, and finding and ending every process of one cluster, only of that one.
# The script says which names its daemons have (is_daemon_name) and which processes carry no mark (unmarked_pids).

# Each keeper and daemon carries this in its environment; jobs and client commands do not.
readonly MARK=VK_SLURM_KEPT_IN

# keep NAME [VARIABLE=VALUE]... COMMAND...: the daemon stays in the foreground of its keeper. The environment is clean,
# so that it inherits nothing by chance.
keep() {
  local name=$1 variables=()
  shift
  while [[ $1 == [A-Z]*=* ]]; do
    variables+=("$1")
    shift
  done
  rm -f "$dir/run/$name.pid"
  # The shell must not wait for the keeper, nor the keeper hold the caller's pipes or our lock.
  # shellcheck disable=SC2094 # both only append
  env -i "$MARK=$dir" HOME=/ LANG=C.UTF-8 "${variables[@]}" \
    setsid perl "$lib/keeper.pl" "$name" "$dir/run/$name.pid" "$dir/log/$name.out" "$@" \
    </dev/null >>"$dir/log/$name.out" 2>&1 {lock}<&- &
  disown
  wait_until "$PATIENCE" test -s "$dir/run/$name.pid"
}

pid_of() { cat "$dir/run/$1.pid" 2>/dev/null || echo 0; }

# A pid file can outlive its process and name another one by now: believe it only after a look at the process.
is_running() {
  local pid
  pid=$(pid_of "$1")
  [ "$pid" -gt 0 ] && ! is_zombie "$pid" && is_marked "$pid"
}

is_zombie() { grep -qs '^State:[[:space:]]*[ZX]' "/proc/$1/status"; }

# A process may hide its environment (munged, for one); then its name and arguments must do.
is_marked() {
  grep -qszxF "$MARK=$dir" "/proc/$1/environ" || {
    is_daemon_name "$1" && grep -qszF -- "$dir/" "/proc/$1/cmdline"
  }
}

# Prints the pids of all live processes of this cluster: the marked ones and everything below them.
instance_pids() {
  local file pid roots=()
  for file in $(grep -lszxF "$MARK=$dir" /proc/[0-9]*/environ; grep -lszF -- "$dir/" /proc/[0-9]*/cmdline); do
    pid=${file#/proc/}
    pid=${pid%/*}
    ! is_marked "$pid" || roots+=("$pid")
  done
  for pid in $(unmarked_pids); do
    roots+=("$pid")
  done
  [ ${#roots[@]} -gt 0 ] || return 0
  { cat /proc/[0-9]*/status 2>/dev/null || true; } | awk -v roots="${roots[*]}" -v self=$$ '
    $1 == "State:" { state = $2 }
    $1 == "Pid:"   { pid = $2 }
    $1 == "PPid:"  { parent[pid] = $2; if (state ~ /[ZX]/) dead[pid] = 1 }
    END {
      count = split(roots, root, " ")
      for (i = 1; i <= count; i++) ours[root[i]] = 1
      for (pid in parent) {
        length_of_path = 0
        for (p = pid; p > 1 && !(p in ours); p = parent[p]) path[++length_of_path] = p
        if (p in ours) for (i = 1; i <= length_of_path; i++) ours[path[i]] = 1
      }
      for (pid in ours) if ((pid in parent) && !(pid in dead) && pid != self) print pid
    }'
}

# Ends every process of the cluster. They are all stopped before the first is killed, so that none can fork away,
# start a successor, or be reparented out of sight in between.
stop_all_processes() {
  local round pids seen=''
  for round in $(seq 200); do
    pids=$(instance_pids | sort -n)
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086 # one word per pid
    if [ "$pids" = "$seen" ] || [ "$round" -gt 20 ]; then
      kill -KILL $pids 2>/dev/null || true
      sleep 0.02
    else
      kill -STOP $pids 2>/dev/null || true
    fi
    seen=$pids
  done
  fail "processes that cannot be ended: $(echo "$pids" | tr '\n' ' ')"
}

# stop_daemon NAME SECONDS: asks, then kills; what the daemon started stays.
stop_daemon() {
  local pid
  is_running "$1" || return 0
  pid=$(pid_of "$1")
  kill -TERM "$pid" 2>/dev/null || true
  if ! wait_until "$2" has_ended "$1"; then
    note "$1 did not end within $2 s; killed"
    kill -KILL "$pid" 2>/dev/null || true
    wait_until "$PATIENCE" has_ended "$1" || fail "$1 cannot be ended"
  fi
  rm -f "$dir/run/$1.pid"
}

has_ended() { ! is_running "$1"; }
