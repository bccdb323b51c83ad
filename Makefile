# The commands of this repository. Each installs what it can (Debian, root) and says what it cannot.
CONFIGURATION ?= Release
BIN := artifacts/bin
SHIM_SOURCES := $(shell find src/Shim src/Shim.Protocol src/Logs -name '*.cs' -o -name '*.csproj') Directory.Build.props Directory.Packages.props
DOTNET_QUIET := --nologo -v quiet -clp:ErrorsOnly
# Its own intermediate files, and no analyzers: those are for the builds of `make test` and `make lint`.
PUBLISH := dotnet publish --artifacts-path artifacts/build -p:RunAnalyzers=false $(DOTNET_QUIET)

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
# Build servers would outlive the command.
export MSBUILDDISABLENODEREUSE = 1
export UseSharedCompilation = false

.PHONY: help build demo demo-cluster test e2e test-slurm chaos bench lint clean

help:
	@echo "make demo         run a pod as a real Slurm job on this machine and watch it"
	@echo "make demo-cluster the same as a node of a private Kubernetes control plane, with kubectl"
	@echo "make test         run every test, those on a real Slurm and a real Kubernetes included"
	@echo "make e2e          run those in which the agent is a node of a real Kubernetes"
	@echo "make build        put vk-slurm and vk-slurm-shim into $(BIN)"
	@echo "make test-slurm SUITE=trixie|sid   run the Slurm tests on a newer Slurm"
	@echo "make chaos        kill the agent and Slurm at random, at length"
	@echo "make bench        measure against raw tools, as ratios"
	@echo "make lint         check formatting and shell scripts"

build: $(BIN)/vk-slurm-shim
	@hack/require dotnet
	@echo "building vk-slurm ..."
	@$(PUBLISH) src/Host -c $(CONFIGURATION) -o $(BIN)

$(BIN)/vk-slurm-shim: $(SHIM_SOURCES)
	@hack/require dotnet gcc
	@echo "building vk-slurm-shim (native) ..."
	@$(PUBLISH) src/Shim -c Release -r linux-x64 -o artifacts/build/shim
	@mkdir -p $(BIN) && install -m 0755 artifacts/build/shim/vk-slurm-shim $@

demo: build
	@hack/demo

demo-cluster: build
	@hack/demo-cluster

test: build
	@hack/test

e2e: build
	@hack/e2e

test-slurm: build
	@hack/test-slurm $(SUITE)

chaos: build
	@hack/chaos

bench: build
	@dotnet run --project tests/Benchmarks -c Release -- $(ROWS)

lint:
	@hack/require dotnet
	@dotnet format VirtualKubelet.Slurm.sln --verify-no-changes
	@hack/lint

clean:
	rm -rf artifacts
	find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
