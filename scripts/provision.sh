#!/usr/bin/env bash
# Provisions the Vagrant VM, as root, and may be run again at any time: what
# "make lab" needs, and bcc and bpftrace to compare the lab with.
#
# Go, and the modules that the lab is made of, are fetched here and now, for the user
# of the VM, so that the first "make lab" has no more to fetch.
set -euo pipefail

project=/dialpath
"$project/scripts/setup.sh" vm

# bcc compiles against the headers of the running kernel; the archive has only
# those of the newest one.
headers="linux-headers-$(uname -r)"
if ! dpkg -s "$headers" >/dev/null 2>&1; then
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$headers" >/dev/null 2>&1 ||
		echo "provision: no $headers any more: bcc's tools will not run on this kernel; bpftrace and the lab do"
fi

runuser -u vagrant -- sh -c "cd $project && scripts/setup.sh go && scripts/go.sh mod download"
