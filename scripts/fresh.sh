#!/usr/bin/env bash
# Tries the README's first command in systems that have make, sudo and apt and nothing
# else: that it does all the set-up and passes; that a second time there is nothing to do;
# and what it says where it cannot. How such a system is made: see scripts/system.sh.
#
#   scripts/fresh.sh [SUITE...]   Debian's bookworm, if none is named
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/system.sh

# as USER COMMAND runs a shell command in the checkout there; alone does so without a network.
as() {
	"${around[@]}" chroot --userspec="$1:$1" --groups="$1" / env -i "${settings[@]}" \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="/home/$1" USER="$1" \
		bash -c "cd ~/dialpath && $2"
}
alone() {
	local around=(unshare --net)
	as "$@"
}

# build_system makes one in which learner may use sudo and stranger may not.
build_system() {
	bootstrap make passwd sudo
	echo 'learner ALL=(ALL) NOPASSWD: ALL' >"$system/etc/sudoers.d/learner"
	for user in learner stranger; do
		chroot "$system" useradd --create-home "$user"
		mkdir "$system/home/$user/dialpath"
		tar --exclude=./.git --exclude=./bin --exclude=./dist -cf - . | tar -xf - -C "$system/home/$user/dialpath"
		chroot "$system" chown -R "$user:$user" "/home/$user/dialpath"
	done
}

try() {
	local other='export GOTOOLCHAIN=local GOMODCACHE=/tmp/modules;'
	expect 'make build, without rights' 2 "setup: missing here: golang-go ca-certificates; sudo wants a password and there is no terminal: run apt-get install golang-go ca-certificates as root" \
		as stranger 'make build'
	expect 'make build' 0 "setup: fetching $named" as learner 'make build'
	expect 'make build, again, without a network' 0 '' alone learner 'make build'
	expect 'make lab' 0 '15 claims: .*' as learner 'make lab'
	expect 'an exercise, without make' 1 ' *✗ not yet .*' as learner \
		'bin/lab exercise start 2 && sed -i s/?/3/ workshop/*/predict.txt && sudo bin/lab exercise check 2'
	expect 'no other go in PATH' 0 /usr/bin/go as learner 'command -v go && ! test -e ~/.config/go/env'
	expect 'GOTOOLCHAIN=local' 0 "$named" as learner "$other scripts/setup.sh go && scripts/go.sh env GOVERSION"
	expect 'unchecked' 1 "go.sh: $named cannot be checked with GOSUMDB=off: .*" \
		as stranger 'GOTOOLCHAIN=local GOSUMDB=off scripts/setup.sh go'
	expect 'without a network' 1 "go.sh: cannot fetch $named: .*: mend that and run this again, .*" \
		alone stranger 'GOTOOLCHAIN=local scripts/setup.sh go'
}

around=() settings=()
named=$(awk '$1 == "toolchain" { print $2 }' go.mod)
while read -r name; do
	settings+=("$name=${!name}")
done < <(compgen -e | grep -E '^(DIALPATH_.*|GO(PROXY|SUMDB|NOSUMDB)|https?_proxy|no_proxy)$')
in_systems "${@:-bookworm}"
