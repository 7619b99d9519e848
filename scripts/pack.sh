#!/usr/bin/env bash
# Makes one archive that runs a workshop in a room without a network: the lab for amd64
# and arm64, with its recordings in it; a kernel for its guest; and the Go modules that
# exercises need. What a learner's machine must have already is Go, and QEMU where it has
# no kprobes: see scripts/workshop.md.
#
#   scripts/pack.sh ARCHIVE
set -euo pipefail

fail() {
	echo "pack: $*" >&2
	exit 1
}

(($# == 1)) || fail "usage: scripts/pack.sh ARCHIVE, as workshop.tar.gz"
archive=$(realpath -- "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pack=$scratch/dialpath-workshop
mkdir -p "$pack"

for arch in amd64 arm64; do
	GOOS=linux GOARCH=$arch GOFLAGS=-trimpath make --silent build BIN="$scratch/$arch"
	mv "$scratch/$arch/lab" "$pack/lab-$arch"
done
cat >"$pack/lab" <<'LAB'
#!/bin/sh
# The lab for this machine.
case $(uname -m) in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
*) arch=$(uname -m) ;;
esac
lab=$(dirname "$0")/lab-$arch
[ -e "$lab" ] || { echo "lab: there is none for $arch in this pack" >&2; exit 1; }
DIALPATH_CALL=$0 exec "$lab" "$@"
LAB
chmod +x "$pack/lab"

# The guest's kernel: a boot fetches it into the cache, if it is not there yet.
kernel=6.12
bin/lab vm --quiet --kernel "$kernel" -- explain udp_sendmsg >/dev/null
mkdir "$pack/kernels"
cp -r "${XDG_CACHE_HOME:-$HOME/.cache}/dialpath/kernels/$kernel" "$pack/kernels/"

# The modules, in the form that the Go command takes as a proxy.
downloads=$(scripts/go.sh env GOMODCACHE)/cache/download
for module in golang.org/x/net golang.org/x/sys; do
	version=$(scripts/go.sh list -m -f '{{.Version}}' "$module")
	scripts/go.sh mod download "$module@$version"
	mkdir -p "$pack/modules/$module/@v"
	cp "$downloads/$module/@v/$version".{info,mod,zip} "$pack/modules/$module/@v/"
done

cp scripts/workshop.md "$pack/WORKSHOP.md"
tar -czf "$archive" -C "$scratch" dialpath-workshop
echo "$archive: $(du -h "$archive" | cut -f1); unpack it, and begin with dialpath-workshop/lab exercise"
