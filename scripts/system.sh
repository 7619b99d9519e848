# shellcheck shell=bash
# Debian systems to try something in, for the scripts that source this. Such a script has
# the functions build_system SUITE, which makes $system, and try, which runs in it, and
# calls in_systems "$@" SUITE... at its end. It needs root, mmdebstrap and a network.
#
# Nothing is left behind, however this ends: a system is one directory, and its processes
# and mounts are in namespaces, which end with their first process.
me=$(basename "$0" .sh)

fail() {
	echo "$me: $*" >&2
	exit 1
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
	echo "$me: $suite: $what: as it should be, $((SECONDS - start)) s"
}

# bootstrap PACKAGE... makes a system that has these, what enter_system needs, apt and
# nothing else.
bootstrap() {
	local IFS=,
	mmdebstrap --quiet --variant=apt --include="mount,$*" --dpkgopt=force-unsafe-io "$suite" "$system"
	# The authorities that this machine trusts beside those of its packages.
	mkdir -p /usr/local/share/ca-certificates
	cp -rT /usr/local/share/ca-certificates "$system/usr/local/share/ca-certificates"
	cp /etc/hosts "$system/etc/hosts"
}

# enter_system makes it the root of these namespaces: in a mere chroot the lab could not
# make namespaces of its own.
enter_system() {
	mount --rbind "$system" "$system"
	cd "$system" || exit
	mount -t proc proc proc
	mount --rbind /dev dev
	mount --rbind /sys sys
	pivot_root . .
	umount -l .
	cd /
}

# clean_up ends the first process, which ends all, and waits until they have.
clean_up() {
	if [[ -n $namespaces ]]; then
		xargs -r kill -KILL <"/proc/$namespaces/task/$namespaces/children" || true
		wait "$namespaces" || true
	fi 2>/dev/null
	rm -rf --one-file-system "$scratch"
}

# in_systems SUITE... tries in each. The first process of the namespaces is this same
# script once more.
in_systems() {
	if [[ ${1-} == --inside ]]; then
		suite=$3 system=$2/$3
		build_system
		enter_system
		try
		exit
	fi
	((EUID == 0)) || fail "only root can make a system to try things in: run it with sudo"
	scratch=$(mktemp -d) namespaces=''
	chmod 755 "$scratch" # the users of the systems pass through it
	trap clean_up EXIT
	trap 'exit 130' INT TERM
	for suite in "$@"; do
		# Without a terminal, on which sudo could ask.
		TMPDIR=$scratch setsid unshare --mount --pid --fork --mount-proc "scripts/$me.sh" --inside "$scratch" "$suite" &
		namespaces=$!
		wait "$namespaces"
		namespaces=''
	done
}
