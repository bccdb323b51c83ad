# shellcheck shell=bash disable=SC2154 # the parts share variables
# Where kube-apiserver, etcd and kubectl come from.

readonly BUILT_VERSION=1.20.2

built_apiserver() { echo "$(cache_directory)/kube-apiserver-$BUILT_VERSION"; }

# program NAME: its path, from KUBEBUILDER_ASSETS or PATH; nothing when it is in neither.
program() {
  if [ -n "${KUBEBUILDER_ASSETS-}" ] && [ -x "$KUBEBUILDER_ASSETS/$1" ]; then
    realpath -- "$KUBEBUILDER_ASSETS/$1"
  else
    command -v "$1" || true
  fi
}

# The kube-apiserver to use; nothing when it is yet to be built.
apiserver_program() {
  local found
  found=$(program kube-apiserver)
  if [ -z "$found" ] && [ -x "$(built_apiserver)" ]; then
    found=$(built_apiserver)
  fi
  echo "$found"
}

# Prints the Debian packages whose commands are not there.
missing_packages() {
  [ -n "$(program etcd)" ] || echo etcd-server
  [ -n "$(program kubectl)" ] || echo kubernetes-client
  lacks openssl && echo openssl
  lacks curl && echo curl
  lacks perl && echo perl-base
  [ -n "$(apiserver_program)" ] || missing_build_packages
  return 0
}

missing_build_packages() {
  lacks go && echo golang-go
  lacks rsync && echo rsync
  lacks jq && echo jq
  lacks make && echo make
  lacks dpkg-source && echo dpkg-dev
  [ -f "$DEBIAN_KEYRING" ] || echo debian-archive-keyring
  return 0
}

require_assets() {
  if [ -n "${KUBEBUILDER_ASSETS-}" ] && [ ! -x "$KUBEBUILDER_ASSETS/kube-apiserver" ]; then
    fail "KUBEBUILDER_ASSETS has no kube-apiserver: $KUBEBUILDER_ASSETS"
  fi
}

require_packages() {
  if [ -z "$(apiserver_program)" ] && lacks apt-get; then
    missing 'missing: kube-apiserver. Put one into PATH, or set KUBEBUILDER_ASSETS (setup-envtest use -p path)'
  fi
  install_missing missing_packages
}

# The caller's PATH, with the directory of the kubectl that belongs to the control plane when PATH has none.
path_with_kubectl() { if lacks kubectl; then echo "$PATH:${kubectl%/*}"; else echo "$PATH"; fi; }
