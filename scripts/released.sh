#!/usr/bin/env bash
# Tries what make release has made of this commit: that in another directory, and on a
# machine of another name, the same bytes are made; and that in a Debian the packages and
# the archive work, and leave nothing behind when they are removed. How such a system is
# made: see scripts/system.sh.
#
#   scripts/released.sh FOLDER [SUITE...]   Debian's bookworm, if none is named
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/system.sh

# twice makes the release again. To compile all anew, too, have GOCACHE name an empty
# folder: that takes minutes.
twice() {
	local again start=$SECONDS
	again=$(mktemp -d)
	trap 'rm -rf "$again"' EXIT
	mkdir "$again/elsewhere" "$again/tmp"
	tar --exclude=./bin --exclude=./dist -cf - . | tar -xf - -C "$again/elsewhere"
	(
		umask 077
		TMPDIR=$again/tmp TZ=Asia/Tokyo LANG=C.UTF-8 \
			unshare --uts bash -c "echo elsewhere >/proc/sys/kernel/hostname; '$again/elsewhere/scripts/release.sh' '$again/dist'"
	) >/dev/null
	diff "$folder/SHA256SUMS" "$again/dist/SHA256SUMS" >&2 || fail "made again, it is not the same"
	rm -rf "$again"
	trap - EXIT
	echo "$me: made again, it is the same, $((SECONDS - start)) s"
}

# build_system makes one with the shells whose completion is tried, and with the Go that a
# learner has installed.
build_system() {
	bootstrap bash-completion fish man-db passwd rpm zsh
	chroot "$system" useradd --create-home learner
	mkdir -p "$system/usr/local/go" "$system/tmp/dist"
	mount --bind "$(scripts/go.sh env GOROOT)" "$system/usr/local/go"
	cp "$folder"/* "$system/tmp/dist"
}

# as USER COMMAND runs a shell command, in a home that nobody misses.
as() {
	mkdir -p "/tmp/home/$1"
	chown "$1:$1" "/tmp/home/$1"
	chroot --userspec="$1:$1" --groups="$1" / env -i HOME="/tmp/home/$1" USER="$1" LC_ALL=C.UTF-8 TERM=dumb \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "cd; $2"
}

# files lists what is in the system, but for what its own tools note of their doing.
files() { find / -xdev \( -path /tmp -o -path /var/cache -o -path /var/log -o -path /var/lib/apt \) -prune -o -print | sort; }

try() {
	cd /tmp/dist
	local deb=dialpath_${version}_amd64.deb tar=dialpath-$version-linux-amd64
	expect 'checksums' 0 '' sha256sum --check --quiet SHA256SUMS
	files >/tmp/before
	expect 'apt installs it' 0 'Setting up dialpath .*' apt-get install -y "./$deb"
	try_installed
	expect 'apt removes it' 0 'Removing dialpath .*' apt-get purge -y dialpath
	expect 'nothing is left behind' 0 '' diff /tmp/before <(files)

	try_rpm "$(echo *.x86_64.rpm)"
	expect 'the archive' 0 "$said_version" as learner "tar -xzf /tmp/dist/$tar.tar.gz && $tar/bin/lab version"
	expect 'its tour' 0 '15 claims: .*' as learner "$tar/bin/lab tour -r 6.12"
}

# try_installed tries what a learner does with the lab.
try_installed() {
	expect 'lab version' 0 "$said_version" as learner 'lab version'
	expect 'a tour' 0 '15 claims: .*' as learner 'lab tour -r 6.12'
	expect 'man lab-tour' 0 'LAB-TOUR\(1\) .* LAB-TOUR\(1\)' as learner 'man lab-tour'
	expect 'man without a warning' 0 '' as learner 'man --warnings -l /usr/share/man/man1/lab* 2>&1 >/dev/null'
	expect 'completion in bash' 0 tour as learner ". /usr/share/bash-completion/bash_completion; _completion_loader lab
		COMP_WORDS=(lab tou) COMP_CWORD=1 COMP_LINE='lab tou' COMP_POINT=7; __start_lab; echo \${COMPREPLY[@]}"
	expect 'completion in zsh' 0 _lab as learner "zsh -c 'autoload -U compinit; compinit; echo \$_comps[lab]'"
	expect 'completion in fish' 0 'tour	.*' as learner "fish -c 'complete -C \"lab tou\"'"
	expect 'the echo' 0 'packet-received: bytes=7 .*' as learner \
		'exec 3< <(exec dialpath-echo server 127.0.0.1:1337 2>&1); read -r <&3; echo -n HELLO!! | dialpath-echo client 127.0.0.1:1337; kill $!'
	expect 'packets' 0 'client .*\[UDP\] IN= OUT=.*' as root 'lab packets -w echo-udp'
	expect 'steps, with sources' 0 '=> +[0-9]+:	func DialUDP\(.*' as root \
		'printf "%s\n" next next next step >steps; lab step dialudp -k tracepoint --script steps'
	expect 'an exercise, built by the learner' 1 ' *✗ not yet .*' as root \
		'lab exercise start 2 && sed -i s/?/3/ workshop/*/predict.txt && lab exercise check 2'
}

# try_rpm tries it in a system that has the folders of any Red Hat and nothing else.
try_rpm() {
	local root=/tmp/root
	mkdir -p "$root"/usr/{bin,share/{doc,licenses,man/man1}}
	inside() { find "$root/usr" | sort; } # what else there is, is rpm's
	inside >/tmp/before
	expect 'rpm installs it' 0 '' rpm --force-debian --root "$root" --nodeps -i "/tmp/dist/$1"
	expect 'rpm lists it' 0 /usr/bin/lab rpm --root "$root" -ql dialpath
	expect 'its lab' 0 "$said_version" chroot "$root" /usr/bin/lab version
	expect 'rpm removes it' 0 '' rpm --force-debian --root "$root" -e dialpath
	expect 'nothing is left behind' 0 '' diff /tmp/before <(inside)
}

[[ ${1-} == --inside ]] || (($# > 0)) || fail "usage: scripts/released.sh FOLDER [SUITE...]"
read -r version _ < <(scripts/version.sh package) || exit 1
said_version="lab +$(scripts/version.sh | sed -E 's/.*described=([^ ]*) .*/\1/')"
if [[ $1 != --inside ]]; then
	((EUID == 0)) || fail "only root can make a system to try things in: run it with sudo"
	DIALPATH_RELEASED=$(realpath -- "$1")
	export DIALPATH_RELEASED
	shift
	folder=$DIALPATH_RELEASED
	twice
	set -- "${@:-bookworm}"
fi
folder=$DIALPATH_RELEASED
in_systems "$@"
