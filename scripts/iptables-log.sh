#!/usr/bin/env bash
# Logs packets with the real iptables, as the article does: what "lab packets --log"
# shows without it.
#
#   scripts/iptables-log.sh [COMMAND...]
#
# Client and server live in two network namespaces, joined by a virtual cable:
#
#   dialpath-client                      dialpath-server
#   10.0.0.1  veth0 ──────────────────── veth1  10.0.0.2
#
# On both sides a rule logs each packet that leaves, and another each that arrives.
# COMMAND runs as the client; at 10.0.0.2:1337 the article's echo server answers, over
# TCP and UDP. Without a COMMAND it is the article's experiment: a TCP dial, and a UDP
# dial. In the end the lines are taken out of the kernel's log and printed; what COMMAND
# prints goes to standard error. Its exit status is the script's.
#
# It needs root, and leaves nothing behind, however it ends (but by SIGKILL).
set -euo pipefail

client=dialpath-client server=dialpath-server
echo=${DIALPATH_ECHO:-$(dirname "${BASH_SOURCE[0]}")/../bin/echo}
# The kernel logs what happens in other namespaces than its first only if told to.
all_netns=/proc/sys/net/netfilter/nf_log_all_netns

fail() {
	echo "iptables-log: $*" >&2
	exit 1
}

check() {
	((EUID == 0)) || fail "needs root: run it with sudo"
	command -v ip >/dev/null || fail "ip is missing: run scripts/setup.sh formats"
	command -v iptables >/dev/null || fail "iptables is missing: run scripts/setup.sh formats"
	[[ -x $echo ]] || fail "$echo is missing: run make build"
	[[ -w $all_netns ]] ||
		fail "the kernel does not let us log from namespaces, there is no $all_netns: run this on the machine itself, not in a container"
}

processes=() namespaces=() all_netns_before=

cleanup() {
	if ((${#processes[@]} > 0)); then
		kill "${processes[@]}" 2>/dev/null || true
		wait "${processes[@]}" 2>/dev/null || true
	fi
	local namespace
	for namespace in "${namespaces[@]}"; do
		ip netns delete "$namespace" || true
	done
	[[ -z $all_netns_before ]] || echo "$all_netns_before" >"$all_netns"
}

make_namespace() {
	ip netns add "$1" ||
		fail "$1 is there already: this script runs elsewhere, or was killed; then run: ip netns delete $1"
	namespaces+=("$1")
	ip -n "$1" link set lo up
}

# plug NAMESPACE DEVICE ADDRESS
plug() {
	ip -n "$1" address add "$3/24" dev "$2"
	ip -n "$1" link set "$2" up
}

make_network() {
	make_namespace "$client"
	make_namespace "$server"
	ip -n "$client" link add veth0 type veth peer name veth1 netns "$server" ||
		fail "cannot make a virtual cable: is the module veth there? (modprobe veth)"
	plug "$client" veth0 10.0.0.1
	plug "$server" veth1 10.0.0.2
}

# choose_iptables takes the first that can log here: iptables mostly speaks to
# nf_tables today, and a kernel may have only what was before that, or only that.
choose_iptables() {
	local why reason=
	for iptables in iptables iptables-legacy iptables-nft; do
		command -v "$iptables" >/dev/null || continue
		if why=$(ip netns exec "$client" "$iptables" -A OUTPUT -j LOG 2>&1); then
			ip netns exec "$client" "$iptables" -F OUTPUT
			return
		fi
		reason=${reason:-${why//$'\n'/; }}
	done
	fail "this kernel cannot log packets: $reason: try modprobe -a nf_log_syslog xt_LOG iptable_filter"
}

# log_packets NAMESPACE DEVICE: the prefix is the article's.
log_packets() {
	local protocol
	for protocol in tcp udp icmp; do
		ip netns exec "$1" "$iptables" -A OUTPUT --out-interface "$2" --protocol "$protocol" -j LOG --log-prefix "[${protocol^^}] "
		ip netns exec "$1" "$iptables" -A INPUT --in-interface "$2" --protocol "$protocol" -j LOG --log-prefix "[${protocol^^}] "
	done
}

# serve NETWORK: returns when the server listens, which it says.
serve() {
	local output line=
	exec {output}< <(exec ip netns exec "$server" "$echo" server --network "$1" 10.0.0.2:1337 2>&1)
	processes+=($!)
	read -r -t 30 line <&"$output" || true
	[[ $line == *"listening on"* ]] || fail "no $1 server: $line"
}

# connections counts those TCP connections of the server that are not over: all sockets
# but the listening and those that only wait for stragglers (states 0A and 06).
connections() {
	local state n=0
	while read -r _ _ _ state _; do
		[[ $state != 0[1-9B] || $state == 06 ]] || n=$((n + 1))
	done <"/proc/${processes[0]}/net/tcp"
	echo "$n"
}

# settle waits until all connections are over: of the last packets nobody waits for.
settle() {
	for _ in {1..1200}; do
		(($(connections) > 0)) || return 0
		sleep 0.05
	done
	echo "iptables-log: a connection does not end: its last packets are missing" >&2
}

# run COMMAND...: beside the script, which so can end it.
run() {
	local command
	"$@" <&0 >&2 &
	command=$!
	processes+=("$command")
	wait "$command"
}

# logged BEGIN END prints what was logged between two marks.
logged() {
	local line inside=
	while IFS= read -r line; do
		case $line in
		*"$1") inside=yes ;;
		*"$2") break ;;
		esac
		if [[ $inside && $line =~ \]\ \[(TCP|UDP|ICMP)\]\ IN=(veth[01])?\ OUT=(veth[01])?\  ]]; then
			echo "${line% }"
		fi
	done < <(LC_ALL=C dmesg)
	[[ $inside ]] || fail "the kernel's log was too short: boot with a larger log_buf_len, or send less"
}

check
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

make_network
choose_iptables
log_packets "$client" veth0
log_packets "$server" veth1
all_netns_before=$(<"$all_netns")
echo 1 >"$all_netns"
serve tcp
serve udp

# What runs without a COMMAND.
(($# > 0)) || set -- bash -c '
	exec 3<>/dev/tcp/10.0.0.2/1337 3>&-
	exec 3<>/dev/udp/10.0.0.2/1337 3>&-'

mark="iptables-log $$ $SRANDOM"
echo "$mark begin" >/dev/kmsg
status=0
run ip netns exec "$client" "$@" || status=$?
settle
echo "$mark end" >/dev/kmsg
logged "$mark begin" "$mark end"
(exit "$status")
