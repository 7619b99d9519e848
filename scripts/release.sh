#!/usr/bin/env bash
# Makes what is released of this commit: archives for Linux on amd64 and arm64 and for
# macOS on arm64, a .deb and a .rpm for each of the two Linuxes, and the checksums of all.
#
#   scripts/release.sh FOLDER
#
# The same commit makes the same bytes, wherever and whenever: no path and no name of this
# machine gets in; the Go is the very one that go.mod names; each file has the time of the
# commit, and is root's.
set -euo pipefail

fail() {
	echo "release: $*" >&2
	exit 1
}

# build SYSTEM ARCH builds the programs as make build does, but for the paths of this
# machine. Echo gets a name that nothing else has in a system's PATH.
build() {
	local tree=$scratch/dialpath-$version-$1-$2
	GOOS=$1 GOARCH=$2 GOFLAGS=-trimpath make --silent build BIN="$tree/bin"
	mv "$tree/bin/echo" "$tree/bin/dialpath-echo"
}

# words has a lab that runs here write what shells and man want to know of it.
words() {
	mkdir -p "$shared"/share/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
	"$1" man "$shared/share/man/man1"
	gzip -9n "$shared"/share/man/man1/*
	"$1" completion bash >"$shared/share/bash-completion/completions/lab"
	"$1" completion zsh >"$shared/share/zsh/site-functions/_lab"
	"$1" completion fish >"$shared/share/fish/vendor_completions.d/lab.fish"
}

# notices prints the licences of all that is linked into the programs: these want it.
notices() {
	echo 'What others wrote is in these programs, under the licences below.'
	notice Go "$(scripts/go.sh env GOROOT)"
	for system in linux darwin; do
		GOOS=$system scripts/go.sh list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' \
			./lab/cmd/lab ./echo/cmd/echo
	done | sort -u | while read -r module dir; do
		notice "$module" "$dir"
	done
}
notice() {
	local files
	files=$(find "$2/" -maxdepth 1 -type f \( -name 'LICEN[CS]E*' -o -name 'COPYING*' -o -name 'NOTICE*' \) | sort)
	[[ -n $files ]] || fail "$1 has no licence in $2: nobody may pass it on"
	printf '\n\n==== %s\n\n' "$1"
	xargs -d '\n' cat <<<"$files"
}

# pack SYSTEM ARCH makes the archive, and the packages of a Linux.
pack() {
	local tree=$scratch/dialpath-$version-$1-$2
	cp -r "$shared"/. "$tree"
	chmod -R u=rwX,go=rX "$tree"
	find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
	tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner -C "$scratch" -cf - "${tree##*/}" |
		gzip -9n >"$made/${tree##*/}.tar.gz"
	[[ $1 == linux ]] || return 0
	for packager in deb rpm; do
		ARCH=$2 TREE=$tree VERSION=$version "$scratch/nfpm" package --config scripts/release/nfpm.yaml \
			--packager "$packager" --target "$made" >/dev/null
	done
}

linuxes=(amd64 arm64)

(($# == 1)) || fail "usage: scripts/release.sh FOLDER, as dist"
folder=$(realpath -- "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
read -r version SOURCE_DATE_EPOCH < <(scripts/version.sh package) || exit 1
export SOURCE_DATE_EPOCH LC_ALL=C
GOTOOLCHAIN=$(awk '$1 == "toolchain" { print $2 }' go.mod)
export GOTOOLCHAIN GOAMD64=v1 GOARM64=v8.0
umask 022

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
shared=$scratch/shared made=$scratch/made
mkdir "$shared" "$made"

scripts/go.sh -C scripts/release build -trimpath -buildvcs=false -o "$scratch/nfpm" github.com/goreleaser/nfpm/v2/cmd/nfpm
for arch in "${linuxes[@]}"; do build linux "$arch"; done
build darwin arm64
words "$scratch/dialpath-$version-$(scripts/go.sh env GOHOSTOS)-$(scripts/go.sh env GOHOSTARCH)/bin/lab"
notices >"$shared/NOTICES"
cp LICENSE README.md "$shared"
for arch in "${linuxes[@]}"; do pack linux "$arch"; done
pack darwin arm64
(cd "$made" && sha256sum -- * >SHA256SUMS)

mkdir -p "$folder"
rm -f "$folder"/dialpath[-_]* "$folder/SHA256SUMS"
mv "$made"/* "$folder"
ls -sh "$folder"
