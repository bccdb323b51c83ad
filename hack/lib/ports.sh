# shellcheck shell=bash disable=SC2154 # the parts share variables
# Ports on loopback: which are free, and whose a listening one is.

# free_ports N: N distinct ports that nothing listens on now, below the range that the kernel hands out to clients.
free_ports() {
  local range=${VK_SLURM_PORTS:-20000-31999}
  [[ $range =~ ^[0-9]+-[0-9]+$ ]] || fail "VK_SLURM_PORTS: not FIRST-LAST: $range"
  local chosen port first=${range%-*} last=${range#*-}
  mapfile -t chosen < <(
    shuf -i "$first-$last" -n 200 | while read -r port; do
      port_listening "$port" || echo "$port"
    done | head -n "$1"
  )
  [ ${#chosen[@]} -eq "$1" ] || fail "no $1 free ports in $range"
  echo "${chosen[@]}"
}

port_listening() {
  local hexadecimal
  printf -v hexadecimal '%04X' "$1"
  grep -qsE "^ *[0-9]+: [0-9A-F]+:$hexadecimal [0-9A-F]+:0000 0A" /proc/net/tcp /proc/net/tcp6
}

# wait_listening NAME PORT: RETRY when the daemon ended because the port is somebody else's.
wait_listening() {
  wait_until "$PATIENCE" listening_or_ended "$1" "$2" || return
  is_running "$1" || died "$1"
}

listening_or_ended() { owns_port "$1" "$2" || ! is_running "$1"; }

# The port is in use, and by this daemon: another program may have taken it first.
owns_port() {
  local inode
  port_listening "$2" || return 1
  for inode in $(listening_inodes "$2"); do
    ! find "/proc/$(pid_of "$1")/fd" -maxdepth 1 -lname "socket:\[$inode\]" 2>/dev/null | grep -q . || return 0
  done
  return 1
}

listening_inodes() {
  { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || true; } |
    awk -v port="$(printf ':%04X$' "$1")" '$4 == "0A" && $2 ~ port { print $10 }'
}

died() {
  ! grep -qsiE 'address already in use|unable to bind' "$dir/log/$1.log" "$dir/log/$1.out" || return "$RETRY"
  return 1
}
