# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# slurmdbd on a MariaDB of its own, which listens on a Unix socket only.

write_accounting_configuration() {
  (umask 077 && mkdir "$dir/db")
  cat >>"$dir/slurm.conf" <<CONF

AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$dbd_port
AccountingStoragePass=socket=$dir/munge/socket
AccountingStoreFlags=job_comment
CONF
  (umask 077 && cat >"$dir/slurmdbd.conf") <<CONF
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
DbdHost=$(hostname -s)
DbdAddr=127.0.0.1
DbdPort=$dbd_port
CommunicationParameters=NoInAddrAny
SlurmUser=$1
LogFile=$dir/log/slurmdbd.log
PidFile=$dir/run/slurmdbd.own
DebugLevel=info
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=$1
StorageLoc=slurm
CONF
}

# The data are worth nothing after a crash, so nothing waits for the disk.
readonly FAST_DATABASE='--debug-no-sync --innodb-flush-method=nosync --innodb-flush-log-at-trx-commit=0
  --innodb-doublewrite=0 --innodb-log-file-size=16M --innodb-buffer-pool-size=64M --skip-log-bin --performance-schema=off'

start_accounting() {
  local user
  user=$(id -un)
  # shellcheck disable=SC2086 # one word per option
  in_root mariadb-install-db --no-defaults --datadir="$dir/db/data" --user="$user" --skip-test-db \
    --auth-root-authentication-method=socket --auth-root-socket-user="$user" \
    $FAST_DATABASE >"$dir/log/mariadb-install.log" 2>&1 || return
  # shellcheck disable=SC2086 # one word per option
  start_daemon mariadbd "$(daemon_program mariadbd)" --no-defaults --datadir="$dir/db/data" --user="$user" \
    --socket="$dir/db/socket" --skip-networking --pid-file="$dir/run/mariadbd.own" $FAST_DATABASE || return
  wait_until "$PATIENCE" create_database "$user" || return
  # libmariadb takes the socket of "localhost" from here; slurmdbd has no setting for it.
  start_daemon slurmdbd MYSQL_UNIX_PORT="$dir/db/socket" "$(daemon_program slurmdbd)" -D || return
  wait_listening slurmdbd "$dbd_port" || return
  wait_until "$PATIENCE" register_cluster
}

create_database() {
  is_running mariadbd || return 1
  in_root mariadb --no-defaults --socket="$dir/db/socket" --user="$1" \
    -e 'CREATE DATABASE IF NOT EXISTS slurm' >"$dir/log/mariadb-create.log" 2>&1
}

register_cluster() { client sacctmgr -i add cluster vk >"$dir/log/sacctmgr.log" 2>&1; }
