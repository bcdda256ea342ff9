# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Starting daemons on this host beside others: free ports, and waiting. Sourced.

# now_ms: sets $ms to the milliseconds since 1970, without a process of its own
now_ms()
{
	ms=${EPOCHREALTIME/[.,]/}
	ms=${ms%???}
}

# wait_until SECONDS COMMAND...: until the command succeeds, at most so long
wait_until()
{
	local ms end_ms
	now_ms
	end_ms=$((ms + $1 * 1000))
	shift
	until "$@"; do
		now_ms
		[ "$ms" -lt "$end_ms" ] || return 1
		sleep 0.05
	done
}

# free_ports COUNT: ports on which nobody listens by TCP or UDP, one a line; from a
# random place below those that the system gives to outgoing connections
free_ports()
{
	local used left=$1 port=$((10000 + RANDOM % 20000))
	used=" $(cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null |
		awk '$2 ~ /:/ { sub(/.*:/, "", $2); print $2 }' | sort -u | tr '\n' ' ')"
	while [ "$left" -gt 0 ]; do
		port=$((port + 1))
		case $used in
		*" $(printf %04X "$port") "*) ;;
		*)
			echo "$port"
			left=$((left - 1))
			;;
		esac
	done
}
