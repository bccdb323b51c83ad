# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# Messages, waiting, and the directory that holds one cluster ($dir).

readonly EXIT_FAILED=1 EXIT_MISSING=3 EXIT_USAGE=64
# A port was taken between choosing and binding it: choose others.
readonly RETRY=75

note() { printf 'hack/slurm: %s\n' "$*" >&2; }

fail() {
  note "$*"
  exit "$EXIT_FAILED"
}

missing() {
  note "$*"
  exit "$EXIT_MISSING"
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

# Only a directory that carries our mark is ever emptied or removed.
own_directory() { [ -O "$dir" ] && [ -f "$dir/.vk-slurm" ]; }

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
    fail "$dir exists and was not made by hack/slurm; choose another --dir"
  fi
  # Jobs of other users must reach the munge socket in it.
  chmod 755 "$dir"
  : >"$dir/.vk-slurm"
}

# The mark goes last, so that an interrupted removal can be repeated.
empty_directory() {
  find "$dir" -xdev -mindepth 1 ! -path "$dir/.vk-slurm" -delete
}

remove_directory() {
  empty_directory
  rm -f "$dir/.vk-slurm"
  rmdir "$dir"
  [ "$(dirname "$dir")" != "$(realpath -m "$(default_parent)")" ] || rmdir --ignore-fail-on-non-empty "$(dirname "$dir")"
}

save_instance() {
  printf '%s=%q\n' suite "$suite" accounting "$accounting" min_job_age "$min_job_age" \
    ctld_port "$ctld_port" n0_port "$n0_port" n1_port "$n1_port" dbd_port "$dbd_port" >"$dir/instance"
}

# Sets suite, accounting, min_job_age and the ports as they were when the cluster was started.
load_instance() {
  [ -f "$dir/instance" ] || return 1
  # shellcheck source=/dev/null
  . "$dir/instance"
}
