#!/usr/bin/env bash
# Tries the README's first command in systems that have make, sudo and apt and nothing
# else: that it does all the set-up and passes; that a second time there is nothing to do;
# and what it says where it cannot. Needs root, mmdebstrap and a network.
#
#   scripts/fresh.sh [SUITE...]   Debian's bookworm, if none is named
#
# Nothing is left behind, however this ends: a system is one directory, and its processes
# and mounts are in namespaces, which end with their first process.
set -euo pipefail

fail() {
	echo "fresh: $*" >&2
	exit 1
}

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

# expect WHAT STATUS LINE COMMAND... fails unless the command ends with that status and
# says such a line; for an empty one, unless it says nothing at all.
expect() {
	local what=$1 want=$2 line=$3 status=0 said=/tmp/said start=$SECONDS
	"${@:4}" &>"$said" || status=$?
	if ((status != want)) || { [[ -n $line ]] && ! grep -qxE -- "$line" "$said"; } || { [[ -z $line && -s $said ]]; }; then
		tail -n 40 "$said" >&2
		fail "$suite: $what: exit status $status, and above what it said; want $want, and: ${line:-nothing}"
	fi
	echo "fresh: $suite: $what: as it should be, $((SECONDS - start)) s"
}

# build_system makes one in which learner may use sudo and stranger may not.
build_system() {
	mmdebstrap --quiet --variant=apt --include=make,mount,passwd,sudo --dpkgopt=force-unsafe-io "$suite" "$system"
	# The authorities that this machine trusts beside those of its packages.
	mkdir -p /usr/local/share/ca-certificates
	cp -rT /usr/local/share/ca-certificates "$system/usr/local/share/ca-certificates"
	cp /etc/hosts "$system/etc/hosts"
	echo 'learner ALL=(ALL) NOPASSWD: ALL' >"$system/etc/sudoers.d/learner"
	for user in learner stranger; do
		chroot "$system" useradd --create-home "$user"
		mkdir "$system/home/$user/dialpath"
		tar --exclude=./.git --exclude=./bin -cf - . | tar -xf - -C "$system/home/$user/dialpath"
		chroot "$system" chown -R "$user:$user" "/home/$user/dialpath"
	done
}

# enter_system makes it the root of these namespaces: in a mere chroot the lab could not
# make namespaces of its own.
enter_system() {
	mount --bind "$system" "$system"
	cd "$system"
	mount -t proc proc proc
	mount --rbind /dev dev
	mount --rbind /sys sys
	pivot_root . .
	umount -l .
	cd /
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

# inside SCRATCH SUITE is the first process of the namespaces.
inside() {
	scratch=$1 suite=$2 system=$1/$2 around=() settings=()
	named=$(awk '$1 == "toolchain" { print $2 }' go.mod)
	while read -r name; do
		settings+=("$name=${!name}")
	done < <(compgen -e | grep -E '^(DIALPATH_.*|GO(PROXY|SUMDB|NOSUMDB)|https?_proxy|no_proxy)$')
	build_system
	enter_system
	try
}

# clean_up ends the first process, which ends all, and waits until they have.
clean_up() {
	if [[ -n $namespaces ]]; then
		xargs -r kill -KILL <"/proc/$namespaces/task/$namespaces/children" || true
		wait "$namespaces" || true
	fi 2>/dev/null
	rm -rf --one-file-system "$scratch"
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ${1-} == --inside ]]; then
	inside "$2" "$3"
	exit
fi
((EUID == 0)) || fail "only root can make a system to try things in: sudo make test-fresh"
scratch=$(mktemp -d) namespaces=''
chmod 755 "$scratch" # the users of the systems pass through it
trap clean_up EXIT
trap 'exit 130' INT TERM
for suite in "${@:-bookworm}"; do
	# Without a terminal, on which sudo could ask.
	TMPDIR=$scratch setsid unshare --mount --pid --fork --mount-proc scripts/fresh.sh --inside "$scratch" "$suite" &
	namespaces=$!
	wait "$namespaces"
	namespaces=''
done
