# shellcheck shell=bash disable=SC2154 # the parts share variables
# Keys, certificates and kubeconfigs. etcd has an authority of its own, else every node's certificate would open it.

make_pki() {
  mkdir -p "$dir"/{pki,nodes}
  make_authority ca kubernetes
  make_authority etcd-ca etcd
  make_certificate etcd-ca etcd-server '/CN=etcd' serverAuth,clientAuth 'DNS:localhost,IP:127.0.0.1'
  make_certificate etcd-ca etcd-client '/CN=kube-apiserver' clientAuth
  make_certificate ca apiserver '/CN=kube-apiserver' serverAuth \
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$FIRST_SERVICE_ADDRESS"
  make_certificate ca kubelet-client '/O=system:masters/CN=kube-apiserver-kubelet-client' clientAuth
  make_certificate ca admin '/O=system:masters/CN=kubernetes-admin' clientAuth
  make_key service-accounts
  openssl pkey -in "$dir/pki/service-accounts.key" -pubout -out "$dir/pki/service-accounts.pub"
  write_kubeconfig kubernetes-admin admin >"$dir/admin.kubeconfig"
  # It would be among the reasons why a daemon did not start.
  rm -f "$dir/log/openssl.log"
}

make_key() {
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$dir/pki/$1.key"
}

# make_authority FILE NAME
make_authority() {
  make_key "$1"
  openssl req -x509 -new -sha256 -days 3650 -key "$dir/pki/$1.key" -subj "/CN=$2" -out "$dir/pki/$1.crt" \
    -addext keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign
}

# make_certificate AUTHORITY FILE SUBJECT USAGES [NAMES]
make_certificate() {
  make_key "$2"
  openssl req -new -sha256 -key "$dir/pki/$2.key" -subj "$3" |
    openssl x509 -req -sha256 -days 3650 -CA "$dir/pki/$1.crt" -CAkey "$dir/pki/$1.key" -out "$dir/pki/$2.crt" \
      -set_serial "0x$(openssl rand -hex 15)" -extfile <(
        printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature "extendedKeyUsage=$4"
        [ -z "${5-}" ] || echo "subjectAltName=$5"
      ) 2>"$dir/log/openssl.log"
}

# The identity of a kubelet: the Node authorizer and NodeRestriction go by these two names.
make_node_kubeconfig() {
  make_certificate ca "node-$1" "/O=system:nodes/CN=system:node:$1" clientAuth
  write_kubeconfig "system:node:$1" "node-$1" >"$dir/nodes/$1.new"
  mv "$dir/nodes/$1.new" "$dir/nodes/$1.kubeconfig"
}

# write_kubeconfig USER FILE: everything is in it, so that it can be copied elsewhere.
write_kubeconfig() {
  cat <<YAML
apiVersion: v1
kind: Config
clusters:
- name: vk
  cluster:
    server: $(server_url)
    certificate-authority-data: $(base64 -w 0 "$dir/pki/ca.crt")
users:
- name: $1
  user:
    client-certificate-data: $(base64 -w 0 "$dir/pki/$2.crt")
    client-key-data: $(base64 -w 0 "$dir/pki/$2.key")
contexts:
- name: vk
  context: {cluster: vk, user: $1}
current-context: vk
YAML
}
