# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# What hack/slurm and hack/kube share: messages, waiting, and the directory that holds one cluster ($dir).
# The script sets $program (its name in messages) and $mark (the file that marks a directory as its own).

readonly EXIT_FAILED=1 EXIT_MISSING=3 EXIT_USAGE=64
# A port was taken between choosing and binding it: choose others.
readonly RETRY=75
# Seconds that anything may take on a machine busy with builds and tests.
readonly PATIENCE=90

note() { printf '%s: %s\n' "$program" "$*" >&2; }

fail() {
  note "$*"
  exit "$EXIT_FAILED"
}

missing() {
  note "$*"
  exit "$EXIT_MISSING"
}

wrong_arguments() {
  printf '%s: %s\n\n' "$program" "$1" >&2
  usage >&2
  exit "$EXIT_USAGE"
}

now_ms() {
  local now=${EPOCHREALTIME/[.,]/}
  echo $((now / 1000))
}

# wait_until SECONDS COMMAND...: polls until the command succeeds; 1 when the time is over.
wait_until() {
  local deadline=$(($(now_ms) + $1 * 1000))
  shift
  until "$@"; do
    [ "$(now_ms)" -lt "$deadline" ] || return 1
    sleep 0.03
  done
}

default_parent() { echo "${XDG_RUNTIME_DIR:-/tmp}/vk-slurm-$(id -u)"; }

cache_directory() { echo "${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vk-slurm"; }

# Only a directory that carries our mark is ever emptied or removed.
own_directory() { [ -O "$dir" ] && [ -f "$dir/$mark" ]; }

# Locks the directory until this process ends; false when it is not there. The lock is on the directory itself, so that
# nothing is left beside it; whoever waited while it was removed finds another directory, or none.
lock_directory() {
  while [ -d "$dir" ]; do
    exec {lock}<"$dir"
    flock "$lock"
    [ ! "$dir" -ef "/proc/self/fd/$lock" ] || return 0
    exec {lock}<&-
  done
  return 1
}

# Makes the directory if need be, marks it as ours and locks it.
claim_directory() {
  local parent
  parent=$(dirname "$dir")
  mkdir -p "$parent"
  if [ "$parent" = "$(realpath -m "$(default_parent)")" ] && [ ! -O "$parent" ]; then
    fail "$parent belongs to somebody else"
  fi
  until mkdir -p "$dir" && lock_directory; do :; done
  own_directory || mark_directory
}

mark_directory() {
  if [ ! -O "$dir" ] || [ -n "$(ls -A "$dir")" ]; then
    fail "$dir exists and was not made by $program; choose another --dir"
  fi
  chmod "$directory_mode" "$dir"
  : >"$dir/$mark"
}

# The mark goes last, so that an interrupted removal can be repeated.
empty_directory() {
  find "$dir" -xdev -mindepth 1 ! -path "$dir/$mark" -delete
}

remove_directory() {
  empty_directory
  rm -f "$dir/$mark"
  rmdir "$dir"
  [ "$(dirname "$dir")" != "$(realpath -m "$(default_parent)")" ] || rmdir --ignore-fail-on-non-empty "$(dirname "$dir")"
}

# Sets what save_instance kept when the cluster was started.
load_instance() {
  [ -f "$dir/instance" ] || return 1
  # shellcheck source=/dev/null
  . "$dir/instance"
}

require_instance() {
  if ! own_directory || ! load_instance; then
    fail "no cluster in $dir ($program up --dir $dir)"
  fi
}

# abandon_up [CODE]: what is left when `up` fails or is interrupted: the reason, and nothing else.
abandon_up() {
  local code=${1-$?}
  trap - EXIT INT TERM HUP
  [ "$code" -ne 0 ] || code=1
  if [ "$code" -ne "$EXIT_MISSING" ] && [ "$code" -ne 130 ]; then
    print_log_tails
  fi
  stop_all_processes
  remove_directory
  exit "$code"
}

command_down() {
  if [ -e "$dir" ] && ! own_directory; then
    fail "$dir is not a directory made by $program; left as it is"
  fi
  lock_directory || true
  # Processes can outlive a directory that somebody removed.
  stop_all_processes
  ! own_directory || remove_directory
}

print_log_tails() {
  local file
  for file in "$dir"/log/*; do
    [ -s "$file" ] || continue
    # A daemon in the foreground says the same twice; its standard error matters only before it has a log.
    [[ $file != *.out ]] || [ ! -s "${file%.out}.log" ] || continue
    printf -- '--- %s\n' "${file##*/}" >&2
    tail -n 12 "$file" >&2
  done
}
