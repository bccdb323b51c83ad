# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# Builds kube-apiserver from Debian's source package of Kubernetes, once for all control planes of a user.

readonly SOURCE_SUITE=bookworm
readonly DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

unfinished_build=

build_apiserver() {
  local cache build log building
  cache=$(cache_directory)
  build=$cache/.build-kube-apiserver
  log=$cache/kube-apiserver-$BUILT_VERSION.log
  mkdir -p "$cache"
  # Control planes that start at the same time build it once.
  exec {building}>"$cache/kube-apiserver-$BUILT_VERSION.lock"
  flock "$building"
  if [ ! -x "$(built_apiserver)" ]; then
    note "building kube-apiserver $BUILT_VERSION from Debian's source package (once, 5 to 15 minutes); log: $log"
    # A build that was interrupted; nobody else can be at it.
    remove_build "$build"
    mkdir "$build"
    unfinished_build=$build
    # In the background, and marked as a process of this control plane, so that an interrupted `up` ends it at once.
    (build_steps "$build") >"$log" 2>&1 {lock}<&- &
    if ! wait $!; then
      tail -n 20 "$log" >&2
      missing "kube-apiserver could not be built; its log: $log"
    fi
    mv -T "$build/kube-apiserver" "$(built_apiserver)"
    remove_build "$build"
    unfinished_build=
    rm -f "$log"
  fi
  exec {building}>&-
}

# Go makes the files of its caches read-only.
remove_build() {
  [ ! -d "$1" ] || chmod -R u+w "$1"
  rm -rf --one-file-system "$1"
}

build_steps() {
  set -e
  export "$MARK=$dir"
  cd "$1"
  fetch_source "$1"
  # The steps of the package's own debian/rules, for another program.
  mkdir -p go/src/k8s.io home
  ln -s "$1/source" go/src/k8s.io/kubernetes
  write_version >version
  cd go/src/k8s.io/kubernetes
  nice -n 19 env -i "$MARK=$dir" PATH="$PATH" HOME="$1/home" GOPATH="$1/go" GO111MODULE=off GOTOOLCHAIN=local \
    CGO_ENABLED=0 GOFLAGS="-p=$(build_jobs)" KUBE_GIT_VERSION_FILE="$1/version" make WHAT=cmd/kube-apiserver
  mv "$(readlink -f _output/bin/kube-apiserver)" "$1/kube-apiserver"
}

# Lists, archives and settings of apt in a directory of their own; the machine's apt does not change.
fetch_source() {
  local apt=(apt-get -q -o "Dir::State=$1/apt" -o "Dir::Cache=$1/apt" -o "Dir::Etc::sourcelist=$1/apt/sources.list"
    -o Dir::Etc::sourceparts=/dev/null -o Acquire::Languages=none -o Acquire::Retries=3)
  mkdir -p apt/lists/partial apt/archives/partial
  echo "deb-src [signed-by=$DEBIAN_KEYRING] $(debian_mirror) $SOURCE_SUITE main" >apt/sources.list
  "${apt[@]}" update
  "${apt[@]}" source kubernetes
  mv kubernetes-*/ source
}

# A source package has no git history to take it from.
write_version() {
  printf '%s\n' "KUBE_GIT_VERSION=v$BUILT_VERSION" KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20 KUBE_GIT_COMMIT= KUBE_GIT_TREE_STATE=archive
}

# The linker and the larger packages take above 1 GB each.
build_jobs() {
  local jobs
  jobs=$(nproc)
  echo $((jobs < 8 ? jobs : 8))
}
