# Everything that one does with Dialpath. "make lab" is where to begin.

SHELL := /bin/bash
# Your Go, or the one that go.mod names. Programs that it runs, as tests, find it in PATH.
GO ?= scripts/go.sh

# Packages that need neither a kernel nor root: Go's race detector looks at these.
PURE := ./echo/... ./lab/trace/... ./lab/workload/... ./lab/compare/... ./lab/tour/... ./lab/view/... ./lab/doctor/... \
	./lab/exercise/... ./lab/explain/... ./lab/export/... ./lab/recordings/... ./lab/version/... ./lab/whole/... ./lab/mistake/... ./lab/plan/... ./lab/workshop/...
# What learners step through is not optimised, so that the debugger can show each line
# and each variable. All else is: it is what programs really run.
STEPPABLE := -gcflags='dialpath/lab/workload=-N -l' -gcflags='dialpath/echo=-N -l'
# The debug information is read whenever a stack is shown: to unpack it would take longer.
LINKED = -ldflags='-compressdwarf=false $(shell scripts/version.sh)'
BIN ?= bin
# Builds tests as the caller and runs them as root, whose own files they then make: not, as
# the lab does under sudo, the caller's.
AS_ROOT := -exec '"$(CURDIR)/scripts/as-root.sh" env -u SUDO_UID -u SUDO_GID'
GENERATED = $(wildcard probes/*_bpfel.go probes/*_bpfel.o)

.PHONY: help lab build setup test test-fast test-fresh test-more check generate generated bench recordings release workshop-pack readme clean

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: build ## the article, measured on a real kernel: this one, or a guest's
	@scripts/setup.sh lab
	@scripts/lab.sh tour --anywhere

build: ## build bin/lab and bin/echo
	@scripts/setup.sh go
	@CGO_ENABLED=0 $(GO) build -buildvcs=false $(STEPPABLE) $(LINKED) -o $(BIN)/ ./lab/cmd/lab ./echo/cmd/echo

setup: ## install what the lab and its tests lack (Debian, Ubuntu)
	@scripts/setup.sh go guest formats gcc

# Sudo asks once, before packages are tested side by side: one more than there are CPUs, for
# each waits now and then. In continuous integration a skipped ring must not look like a
# passed one.
test: export DIALPATH_RINGS := $(if $(filter true,$(CI)),all,$(DIALPATH_RINGS))
test: setup ## all tests, as root and in guests: a few minutes
	@scripts/as-root.sh true
	@$(GO) test -count=1 -timeout 40m -p $$(($$(nproc) + 1)) $(AS_ROOT) ./...

test-fast: ## the tests that boot no guest
	@$(GO) test -short ./...

# Debian's bookworm, or what SUITES names: make test-fresh SUITES='bookworm trixie'
test-fresh: ## make lab in a Debian that has make and apt and nothing else (root)
	@scripts/setup.sh fresh
	@scripts/fresh.sh $(SUITES)

# What must come out the same each time, and beside whatever else a machine does.
test-more: export DIALPATH_MORE := all
test-more: export DIALPATH_RINGS := all
test-more: setup ## every solution 20 times beside busy loops, here and in guests: hours
	@scripts/as-root.sh true
	@$(GO) test -count=1 -timeout 12h $(AS_ROOT) -run 'TestGraded|TestLive' ./lab/exercise ./lab/cmd/lab

check: ## format, vet, staticcheck, shellcheck, generated files, other systems, races
	@scripts/setup.sh go check gcc clang
	@files=$$("$$($(GO) env GOROOT)/bin/gofmt" -l .); test -z "$$files" || { echo "gofmt -w these files: $$files"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	shellcheck scripts/*.sh .ci/run
	clang-format-19 --dry-run -Werror probes/bpf/*
	@$(MAKE) --no-print-directory generated
	for system in darwin/arm64 linux/arm64; do \
		CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/} $(GO) build -o /dev/null ./lab/cmd/lab || exit; done
	export CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 && $(GO) -C lab/cmd/lab vet $$($(GO) list -f '{{join .GoFiles " "}}' ./lab/cmd/lab)
	$(GO) test -race -short $(PURE)

# The committed objects must be what the sources make.
generated:
	@before=$$(sha256sum $(GENERATED)); $(MAKE) --no-print-directory generate; \
	sha256sum --check --quiet <<<"$$before" || \
	{ echo "the probes' objects were not those of their sources: commit what make generate made"; exit 1; }

generate: ## compile the probes anew, after a change in probes/bpf
	@scripts/setup.sh go clang
	$(GO) generate ./probes

bench: setup ## the figures: attaching, counting, booting
	@scripts/as-root.sh true
	@$(GO) test -run '^$$' -bench . -benchmem -timeout 60m -p 1 $(AS_ROOT) ./...

# The lab's own recordings are of Debian's kernels: the oldest that the lab supports, the
# first with kprobe.multi, and the newest with long-term support.
recordings: build setup ## make the lab's own recordings anew, in guests
	@for kernel in 6.1 6.12 6.18; do \
		bin/lab vm --kernel $$kernel -- record --save lab/recordings/$$kernel.json.gz || exit; done

# To dist, the archives and packages of this commit: the same ones each time.
release: ## what is released of this commit, made in dist
	@scripts/setup.sh go release
	@scripts/release.sh dist

workshop-pack: build setup ## one archive that runs a workshop in a room without network
	@scripts/pack.sh workshop.tar.gz

readme: build ## print the pages' blocks of output anew; of some: PAGES=lab/vm/README.md
	@$(GO) run ./scripts/readme $(PAGES)

clean: ## remove what was built here; fetched kernels stay in the cache
	@rm -rf bin dist
