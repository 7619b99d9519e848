#!/usr/bin/env bash
# Runs the Go command that this checkout is built with: yours, if it is as new as go.mod
# wants, and else the very one that go.mod names. That one lives in the module cache, where
# Go itself keeps the toolchains that it fetches: your own Go, its settings and PATH stay
# as they are.
#
#   scripts/go.sh ARGUMENT...   as in: go ARGUMENT...
#   scripts/go.sh fetch         put the one that go.mod names into the module cache, if need be
#
# Any Go with modules can fetch another: toolchains are modules, too, and as such checked
# by Go's checksum database.
set -euo pipefail

fail() {
	echo "go.sh: $*" >&2
	exit 1
}

# Where Go's own archive is unpacked, for those whose sudo forgets it.
[[ :$PATH: == *:/usr/local/go/bin:* ]] || PATH=$PATH:/usr/local/go/bin

# What go.mod says: from which version on, and which one if it has to be fetched.
while read -r word version; do
	case $word in
	go) oldest=$version named=go$version ;;
	toolchain) named=$version ;;
	esac
done <"$(dirname "${BASH_SOURCE[0]}")/../go.mod"

# The Go that is there, asked where no go.mod sends it for another.
have='' modules=''
{ read -r have && read -r modules; } < <(cd / && go env GOVERSION GOMODCACHE 2>/dev/null) || true

if [[ $have =~ go([0-9][^ -]*) ]] && printf '%s\n' "$oldest" "${BASH_REMATCH[1]}" | sort -C -V; then
	[[ $* == fetch ]] || exec go "$@"
	exit
fi

case $(uname -m) in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
*) arch=$(uname -m) ;;
esac
toolchain=golang.org/toolchain@v0.0.1-$named.$(uname -s | tr '[:upper:]' '[:lower:]')-$arch
paths=${GOPATH:-$HOME/go}
modules=${modules:-${GOMODCACHE:-${paths%%:*}/pkg/mod}}
goroot=$modules/$toolchain

# fetch makes bin/go executable last: modules come without executable files, and what
# this one says is that the toolchain is whole.
fetch() {
	local out
	cd /
	command -v go >/dev/null || fail "there is no Go to fetch $named with: run scripts/setup.sh go, which installs one"
	# As newer Gos do by themselves: a toolchain is in no go.sum, so nothing else checks it.
	[[ $(go env GOSUMDB) != off ]] ||
		fail "$named cannot be checked with GOSUMDB=off: run this again with GOSUMDB=sum.golang.org, or install $named yourself (see go.dev/dl)"
	echo "setup: fetching $named" >&2
	out=$(GOMODCACHE=$modules GONOSUMDB=none GOTOOLCHAIN=local go mod download "$toolchain" 2>&1) ||
		fail "cannot fetch $named: $(why <<<"$out"): mend that and run this again, or install $named yourself (see go.dev/dl)"
	chmod +x "$goroot"/pkg/tool/*/* "$goroot/bin/gofmt" "$goroot/bin/go"
}

# why gives the reason in what Go has said, in one line, without the long name of what
# was asked for.
why() { sed -e '/downloading /d' -e "s,^go: ,,; s,^$toolchain: ,," | head -n1; }

if [[ -x $goroot/bin/go ]]; then
	# Nothing of another Go's: neither its root nor a choice of yet another toolchain.
	unset GOROOT
	[[ $* == fetch ]] || GOTOOLCHAIN=local exec "$goroot/bin/go" "$@"
elif [[ $* == fetch ]]; then
	fetch
else
	fail "this checkout needs Go $oldest or later, and here is ${have:-none}: run scripts/setup.sh go, which fetches it"
fi
