# shellcheck shell=bash disable=SC2154 # the parts share variables
# Objects that a controller manager would make.

client() { "$kubectl" --kubeconfig "$dir/admin.kubeconfig" --cache-dir "$dir/kubectl" "$@" >>"$dir/log/kubectl.log" 2>&1; }

make_namespace() {
  client get namespace "$1" || client create namespace "$1" || fail "no namespace $1: $(tail -n 3 "$dir/log/kubectl.log")"
  equip_namespace "$1" || fail "no service account in namespace $1: $(tail -n 3 "$dir/log/kubectl.log")"
}

# What every pod refers to: its service account, and the certificate to know the API server by.
equip_namespace() {
  client apply --namespace "$1" --filename - <<YAML
apiVersion: v1
kind: ServiceAccount
metadata: {name: default}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-root-ca.crt}
data:
  ca.crt: |
$(sed 's/^/    /' "$dir/pki/ca.crt")
YAML
}
