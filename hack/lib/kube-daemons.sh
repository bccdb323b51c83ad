# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# The life of a control plane: etcd and kube-apiserver, when they are usable, and what they say about themselves.

readonly SERVICE_RANGE=10.96.0.0/16 FIRST_SERVICE_ADDRESS=10.96.0.1

start_instance() {
  local try code
  apiserver=$(apiserver_program) etcd=$(program etcd) kubectl=$(program kubectl)
  for try in 1 2 3 4 5; do
    empty_directory
    choose_ports
    mkdir -p "$dir"/{log,run}
    make_pki
    save_instance
    code=0
    start_daemons || code=$?
    [ "$code" -ne 0 ] || return 0
    if [ "$code" -ne "$RETRY" ] || [ "$try" -eq 5 ]; then
      fail 'the control plane did not start'
    fi
    note "a port was taken meanwhile; trying others"
    stop_all_processes
  done
}

choose_ports() {
  local ports
  ports=$(free_ports 3) || exit
  read -r server_port etcd_port peer_port <<<"$ports"
}

save_instance() {
  printf '%s=%q\n' apiserver "$apiserver" etcd "$etcd" kubectl "$kubectl" \
    server_port "$server_port" etcd_port "$etcd_port" peer_port "$peer_port" >"$dir/instance"
}

server_url() { echo "https://127.0.0.1:$server_port"; }

start_daemons() {
  start_etcd || return
  start_apiserver || return
  wait_until "$PATIENCE" ready_or_ended || return
  is_running kube-apiserver || died kube-apiserver || return
  wait_until "$PATIENCE" equip_namespace default
}

start_etcd() {
  local options=()
  # The data are worth nothing after a crash, so nothing waits for the disk. Not all versions know the option.
  [[ $("$etcd" --help 2>&1) != *--unsafe-no-fsync* ]] || options+=(--unsafe-no-fsync)
  keep etcd PATH="$PATH" "$etcd" "${options[@]}" --data-dir="$dir/etcd" --logger=zap --log-level=warn \
    --listen-client-urls="https://127.0.0.1:$etcd_port" --advertise-client-urls="https://127.0.0.1:$etcd_port" \
    --listen-peer-urls="https://127.0.0.1:$peer_port" --initial-advertise-peer-urls="https://127.0.0.1:$peer_port" \
    --initial-cluster="default=https://127.0.0.1:$peer_port" \
    --cert-file="$dir/pki/etcd-server.crt" --key-file="$dir/pki/etcd-server.key" \
    --client-cert-auth --trusted-ca-file="$dir/pki/etcd-ca.crt" \
    --peer-cert-file="$dir/pki/etcd-server.crt" --peer-key-file="$dir/pki/etcd-server.key" \
    --peer-client-cert-auth --peer-trusted-ca-file="$dir/pki/etcd-ca.crt" || return
  wait_listening etcd "$etcd_port"
}

# Endpoints of the service `kubernetes` cannot be on loopback, hence none.
start_apiserver() {
  local options=()
  # Pods get their token in a projected volume, as everywhere since 1.21.
  [ "$(apiserver_minor)" -gt 20 ] || options+=(--feature-gates=BoundServiceAccountTokenVolume=true)
  keep kube-apiserver PATH="$PATH" "$apiserver" "${options[@]}" \
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$server_port" --endpoint-reconciler-type=none \
    --tls-cert-file="$dir/pki/apiserver.crt" --tls-private-key-file="$dir/pki/apiserver.key" \
    --etcd-servers="https://127.0.0.1:$etcd_port" --etcd-cafile="$dir/pki/etcd-ca.crt" \
    --etcd-certfile="$dir/pki/etcd-client.crt" --etcd-keyfile="$dir/pki/etcd-client.key" \
    --client-ca-file="$dir/pki/ca.crt" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --allow-privileged --service-cluster-ip-range="$SERVICE_RANGE" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$dir/pki/service-accounts.pub" \
    --service-account-signing-key-file="$dir/pki/service-accounts.key" \
    --kubelet-client-certificate="$dir/pki/kubelet-client.crt" --kubelet-client-key="$dir/pki/kubelet-client.key" \
    --kubelet-preferred-address-types=InternalIP,Hostname,ExternalIP || return
  wait_listening kube-apiserver "$server_port"
}

apiserver_minor() { "$apiserver" --version | sed -nE 's/^Kubernetes v1\.([0-9]+).*/\1/p'; }

ready_or_ended() { is_ready || ! is_running kube-apiserver; }

is_ready() {
  [ "$(curl --silent --max-time 5 --cacert "$dir/pki/ca.crt" --cert "$dir/pki/admin.crt" --key "$dir/pki/admin.key" \
    "$(server_url)/readyz" 2>/dev/null)" = ok ]
}

is_usable() { is_running etcd && is_running kube-apiserver && is_ready; }

# True when the control plane that is there needs nothing, or only its daemons started again.
revive_instance() {
  is_running etcd || start_etcd || return 1
  is_running kube-apiserver || start_apiserver || return 1
  wait_until "$PATIENCE" is_ready
}

# etcd_call METHOD JSON: a call of its API, through its gateway.
etcd_call() {
  curl --silent --show-error --fail --max-time 30 --cacert "$dir/pki/etcd-ca.crt" --cert "$dir/pki/etcd-client.crt" \
    --key "$dir/pki/etcd-client.key" --data "$2" "https://127.0.0.1:$etcd_port/v3/$1"
}

compact_history() {
  local revision
  # Any read tells the present revision.
  revision=$(etcd_call kv/range '{"key": "AA==", "count_only": true}' | grep -o '"revision":"[0-9]*"' | tr -cd 0-9)
  [ -n "$revision" ] || return
  etcd_call kv/compaction "{\"revision\": \"$revision\", \"physical\": true}" >"$dir/log/compaction.log"
}

print_status() {
  local name state port
  echo "directory       $dir"
  echo "version         $("$apiserver" --version) ($apiserver)"
  for name in etcd kube-apiserver; do
    state=stopped
    ! is_running "$name" || state="pid $(pid_of "$name")"
    case $name in
      etcd) port=$etcd_port ;;
      *) port=$server_port ;;
    esac
    printf '%-15s %-12s %s\n' "$name" "$state" "port $port"
  done
}

is_daemon_name() {
  case $(cat "/proc/$1/comm" 2>/dev/null) in
    etcd | kube-apiserver | perl | keeper.pl) ;;
    *) return 1 ;;
  esac
}

# All of them can be found by their mark.
unmarked_pids() { :; }
