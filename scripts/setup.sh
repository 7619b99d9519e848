#!/usr/bin/env bash
# Installs what Dialpath needs and this machine lacks, from the packages of Debian
# or Ubuntu. With nothing missing it is silent, quick and needs no network.
#
#   scripts/setup.sh SET...
#
#   go       the Go that the lab is built with: yours, or one that yours or Debian's fetches
#   lab      what "make lab" needs: the guest, if this kernel has no kprobes
#   guest    QEMU, and the keys that Debian's kernels are signed with
#   formats  Wireshark's and iptables' own programs, against which the lab's output is tested
#   clang    the compiler of the probes, pinned, and what formats them: only who changes
#            them needs these
#   check    shellcheck
#   gcc      for Go's race detector, and for tests of programs that are partly in C
#   vagrant  to validate the Vagrantfile
#   fresh    to try all this, or a release, in a system that has nothing yet
#   release  what says which commit is released
#   vm       what the Vagrant VM has besides: bcc and bpftrace to compare
set -euo pipefail

fail() {
	echo "setup: $*" >&2
	exit 1
}

missing=()
fetch_go=

# need_command NAME PACKAGE and need_file PATH PACKAGE: the package is missing
# where the thing that it is wanted for is not there.
need_command() { command -v "$1" >/dev/null || need "$2"; }
need_file() { [[ -e $1 ]] || need "$2"; }
need() { [[ " ${missing[*]-} " == *" $1 "* ]] || missing+=("$1"); }

# need_go has a Go fetch the one that go.mod names, once all is installed: any will do.
need_go() {
	if ! scripts/go.sh version &>/dev/null; then
		fetch_go=yes
		need_command go golang-go
		need_file /etc/ssl/certs/ca-certificates.crt ca-certificates
	fi
}

need_guest() {
	case $(uname -m) in
	aarch64) need_command qemu-system-aarch64 qemu-system-arm ;;
	*) need_command qemu-system-x86_64 qemu-system-x86 ;;
	esac
	need_file /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
	need_file /etc/ssl/certs/ca-certificates.crt ca-certificates
}

need_set() {
	case $1 in
	go) need_go ;;
	lab) if bin/lab doctor --needs-guest; then need_guest; fi ;;
	guest) need_guest ;;
	formats)
		need_command tshark tshark
		need_file /usr/sbin/iptables-legacy iptables
		need_command ip iproute2
		;;
	clang)
		need_command clang-19 clang-19
		need_command clang-format-19 clang-format-19
		need_command llvm-strip-19 llvm-19
		need_file /usr/include/bpf/bpf_helpers.h libbpf-dev
		;;
	check)
		need_command make make
		need_command git git
		need_command shellcheck shellcheck
		;;
	gcc)
		need_command gcc gcc
		need_file /usr/include/stdlib.h libc6-dev
		;;
	vagrant) need_command vagrant vagrant ;;
	fresh) need_command mmdebstrap mmdebstrap ;;
	release) need_command git git ;;
	vm)
		need_command make make
		need_command git git
		need_command bpftrace bpftrace
		need_file /usr/sbin/funccount-bpfcc bpfcc-tools
		;;
	*) fail "unknown set $1: see the head of scripts/setup.sh" ;;
	esac
}

# apt ACTION...: apt-get as root, asking nothing, in English for why.
apt() {
	local sudo=()
	((EUID == 0)) || sudo=(sudo)
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C \
		apt-get -y -q -o DPkg::Lock::Timeout=120 -o Acquire::http::Timeout=20 -o Acquire::Retries=1 "$@" >>"$log" 2>&1
}

# why gives the first error of apt, in one line.
why() { grep -m1 '^E: ' "$log" || tail -n1 "$log"; }

install_missing() {
	local list="${missing[*]}"
	command -v apt-get >/dev/null ||
		fail "missing here: $list (Debian's names); without apt-get, install them your system's way, then run this again"
	if ((EUID != 0)); then
		command -v sudo >/dev/null ||
			fail "missing here: $list; with neither root nor sudo, have root run: apt-get install $list"
		(: </dev/tty) 2>/dev/null || sudo -n true 2>/dev/null ||
			fail "missing here: $list; sudo wants a password and there is no terminal: run apt-get install $list as root"
	fi
	echo "setup: installing $list" >&2
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	# Package lists may be absent or out of date: they are fetched only then.
	if ! apt install --no-install-recommends "${missing[@]}"; then
		: >"$log"
		if ! { apt update && apt install --no-install-recommends "${missing[@]}"; }; then
			fail "cannot install $list: is there a network? ($(why))"
		fi
	fi
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where Go's own archive is unpacked, for those whose sudo forgets it.
PATH=$PATH:/usr/local/go/bin
(($# > 0)) || fail "usage: scripts/setup.sh SET..., see its head"
for set in "$@"; do
	need_set "$set"
done
if ((${#missing[@]} > 0)); then
	install_missing
fi
if [[ -n $fetch_go ]]; then
	scripts/go.sh fetch
fi
