# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# Another Debian release's Slurm: its root is built once and shared, each cluster enters it in a mount namespace.

readonly SUITE_PACKAGES=slurm-wlm,slurmdbd,munge,mariadb-server-core,mariadb-client-core
readonly CLIENTS='sbatch squeue sacct scancel scontrol sinfo srun sacctmgr salloc sattach sdiag sprio sreport sshare sstat'

suite_root() { echo "$(cache_directory)/$suite"; }

build_suite_root() {
  local cache build building
  cache=$(cache_directory)
  mkdir -p "$cache"
  # Clusters that start at the same time build it once.
  exec {building}>"$cache/$suite.lock"
  flock "$building"
  if [ ! -d "$(suite_root)" ]; then
    build=$cache/.build-$suite
    # A build that was interrupted; nobody else can be at it.
    rm -rf --one-file-system "$build"
    mkdir "$build"
    chmod 755 "$build"
    note "installing Slurm of Debian $suite into $(suite_root) (once, about a minute)"
    if ! debootstrap --variant=minbase --include="$SUITE_PACKAGES" "$suite" "$build" "$(debian_mirror)" \
      >"$cache/$suite.log" 2>&1; then
      tail -n 20 "$cache/$suite.log" "$build/debootstrap/debootstrap.log" >&2 2>/dev/null || true
      rm -rf --one-file-system "$build"
      missing "debootstrap could not install Debian $suite from $(debian_mirror); its log: $cache/$suite.log"
    fi
    slim_root "$build"
    mv -T "$build" "$(suite_root)"
    rm -f "$cache/$suite.log"
  fi
  exec {building}>&-
}

slim_root() {
  local file
  rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/*
  # The host's own files are mounted over these.
  for file in $HOST_ETC; do
    rm -f "$1/etc/$file"
    : >"$1/etc/$file"
  done
}

readonly HOST_ETC='passwd group hosts resolv.conf hostname localtime'

# A namespace whose system directories are the suite's and everything else is the host's, so that one path means the
# same file to a program on the host, to the client commands and to jobs. It lives as long as its holder.
start_namespace() {
  mkdir -p "$dir/root" "$dir/bin"
  rm -f "$dir/run/namespace.ready"
  start_daemon namespace unshare --mount --propagation slave \
    sh -eu -c "$NAMESPACE_SETUP" sh "$(suite_root)" "$dir/root" "$dir/run/namespace.ready" "$HOST_ETC" || return
  wait_until "$PATIENCE" test -e "$dir/run/namespace.ready" || return
  write_client_wrappers "$(pid_of namespace)"
}

# The new root is unbindable, or binding the host directory that holds it would bind it into itself. pivot_root
# instead of chroot, because user namespaces (Apptainer) cannot be made inside a chroot.
# shellcheck disable=SC2016 # a script for the shell in the namespace
readonly NAMESPACE_SETUP='
root=$1 new=$2 ready=$3 host_etc=$4
mount -t tmpfs -o mode=755 vk-slurm "$new"
mount --make-unbindable "$new"
for entry in "$root"/* /*; do
  name=${entry##*/}
  case $entry in
    "$root"/usr | "$root"/etc) ;;
    "$root"/bin | "$root"/sbin | "$root"/lib*) ;;
    "$root"/* | /usr | /etc | /bin | /sbin | /lib* | /boot | /lost+found) continue ;;
  esac
  if [ -L "$entry" ]; then
    cp -P "$entry" "$new/$name"
  elif [ -d "$entry" ]; then
    mkdir "$new/$name"
    mount --rbind "$entry" "$new/$name"
  fi
done
mount -o remount,bind,ro "$new/usr"
mount -o remount,bind,ro "$new/etc"
mount --rbind /usr/local "$new/usr/local"
for name in $host_etc; do
  [ ! -e "/etc/$name" ] || mount --bind "$(readlink -f "/etc/$name")" "$new/etc/$name"
done
mkdir "$new/.host"
cd "$new"
pivot_root . .host
cd /
umount -l /.host
rmdir /.host
: >"$ready"
exec sleep infinity
'

# A wrapper joins the existing namespace, which costs two execs; it builds nothing. Inside a job it is there already.
write_client_wrappers() {
  local name
  for name in $CLIENTS; do
    cat >"$dir/bin/$name" <<SCRIPT
#!/bin/sh
[ ! /proc/self/ns/mnt -ef /proc/$1/ns/mnt ] || exec /usr/bin/$name "\$@"
case \$PWD in
  /usr/local | /usr/local/*) wd=\$PWD ;;
  /usr/* | /etc/* | /bin/* | /sbin/* | /lib*) wd=/ ;; # the suite's own there
  *) wd=\$PWD ;;
esac
exec nsenter --mount=/proc/$1/ns/mnt --wdns="\$wd" -- /usr/bin/$name "\$@"
SCRIPT
    chmod 755 "$dir/bin/$name"
  done
}
