#!/usr/bin/env bash
# Runs bin/lab where it can do its work: as root if this kernel can be traced, and
# as the caller if it takes the guest, which needs no root.
#
#   scripts/lab.sh VERB...
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if bin/lab doctor --needs-guest; then
	exec bin/lab "$@"
fi
exec scripts/as-root.sh bin/lab "$@"
