#!/usr/bin/env bash
# Tells which lab this is: what git says of the sources.
#
#   scripts/version.sh           for Go's linker. Without git, or outside of a clone, it
#                                prints nothing, and the lab says that it does not know
#   scripts/version.sh package   for packages: the version as they may have it, and the
#                                commit's time in seconds since 1970. It fails if what is
#                                here is not just what was committed
set -euo pipefail

fail() {
	echo "version: $*" >&2
	exit 1
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Root may build in a folder that is somebody else's, and changes nothing in it.
in_clone() { git -c safe.directory="$PWD" --no-optional-locks "$@" 2>/dev/null; }

# A folder inside somebody's clone is not that clone.
commit=
if [[ $(in_clone rev-parse --show-toplevel) -ef . ]]; then
	commit=$(in_clone rev-parse HEAD) || commit=
fi

if [[ ${1-} == package ]]; then
	[[ -n $commit ]] || fail "here is no commit to make packages of: clone the repository, and run this there"
	[[ -z $(in_clone status --porcelain) ]] || fail "here is more than was committed (see git status): commit it, or put it away, and run this again"
	# A package's version begins with a digit and has no hyphen. A tilde sorts before all
	# else: what leads to a version is older than it.
	if described=$(in_clone describe --tags --match 'v[0-9]*'); then # v1.2.0, v1.2.0-rc.1, v1.2.0-3-ga3bbcef
		version=$(sed -E 's/^v//; s/-([0-9]+)-(g[0-9a-f]+)$/+\1.\2/; s/-/~/g' <<<"$described")
	else
		version=0.0.0~git$(TZ=UTC in_clone log -1 --format=%cd --date=format-local:%Y%m%d).$(in_clone rev-parse --short HEAD)
	fi
	echo "$version $(in_clone log -1 --format=%ct)"
	exit
fi

[[ -n $commit ]] || exit 0
described=$(in_clone describe --tags --always)
dirty=
[[ -z $(in_clone status --porcelain --untracked-files=no) ]] || dirty=-dirty
echo "-X dialpath/lab/version.described=$described$dirty -X dialpath/lab/version.commit=$commit$dirty"
