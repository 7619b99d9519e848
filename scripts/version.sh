#!/usr/bin/env bash
# Prints for Go's linker which lab is built: what git says of the sources. Without git, or
# outside of a clone, it prints nothing, and the lab says that its version is unknown.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Root may build in a folder that is somebody else's, and changes nothing in it.
in_clone() { git -c safe.directory="$PWD" --no-optional-locks "$@" 2>/dev/null; }

# A folder inside somebody's clone is not that clone.
[[ $(in_clone rev-parse --show-toplevel) -ef . ]] || exit 0
commit=$(in_clone rev-parse HEAD) || exit 0
described=$(in_clone describe --tags --always)
dirty=
[[ -z $(in_clone status --porcelain --untracked-files=no) ]] || dirty=-dirty
echo "-X dialpath/lab/version.described=$described$dirty -X dialpath/lab/version.commit=$commit$dirty"
