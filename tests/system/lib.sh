# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Real daemons for a test: on loopback, or each in a network namespace of its own.
# Sourced. Whatever it starts ends with the test.
#
# A daemon is known by its node's name; NAMES are several in one argument, apart by
# spaces. Binaries are those of the build, or $RUMORD and
# $RUMOR.

set -u
export LC_ALL=C
top=${srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${builddir:-$PWD}
# shellcheck source=tests/tap.sh
. "$top/tests/tap.sh"
# shellcheck source=tools/daemons.sh
. "$top/tools/daemons.sh"

RUMORD=${RUMORD:-$build/rumord}
# Without libtool's script in between, which takes longer than most commands.
if [ -z "${RUMOR:-}" ] && [ -x "$build/.libs/rumor" ]; then
	export LD_LIBRARY_PATH=$build/.libs
	RUMOR=$build/.libs/rumor
fi
RUMOR=${RUMOR:-$build/rumor}
export ASAN_OPTIONS="${ASAN_OPTIONS-detect_leaks=1}" UBSAN_OPTIONS=print_stacktrace=1

[ -x "$RUMORD" ] || skip_all "no $RUMORD"
[ -x "$RUMOR" ] || skip_all "no $RUMOR"
command -v jq >/dev/null || skip_all "no jq"

work=$(mktemp -d "${TMPDIR:-/tmp}/rumord-test.XXXXXX")
: >"$work/empty.conf"
declare -A pid=() port=() ip=()
ended_badly=

# --- daemons ---

# launch NAME [OPTION...]: starts a daemon; on a free port unless port[NAME] is set
launch()
{
	local name=$1 within=()
	shift
	[ -n "${port[$name]:-}" ] || port[$name]=$(free_ports 1)
	[ -z "${ip[$name]:-}" ] || within=(nsenter "--net=/run/netns/$name")
	"${within[@]}" "$RUMORD" -c "$work/empty.conf" --name "$name" \
		--bind "$(address "$name")" --control "$work/$name.sock" \
		--state-dir "$work/$name" "$@" </dev/null >>"$work/$name.log" 2>&1 &
	pid[$name]=$!
}

# start NAME [OPTION...]: as launch, and waits until it answers
start()
{
	launch "$@"
	wait_until 20 answers "$1" || diag "$1 does not answer: $(tail -n 5 "$work/$1.log")"
}

# start_cluster NAMES: all of them, joined to the first
start_cluster()
{
	local name seed=${1%% *}
	start "$seed"
	for name in ${1#"$seed"}; do
		launch "$name" --join "$(address "$seed")"
	done
	each 30 "$1" answers || diag "not all answer"
}

# address NAME: where the others reach it
address()
{
	echo "${ip[$1]:-127.0.0.1}:${port[$1]}"
}

answers()
{
	on "$1" call server.info >/dev/null 2>&1
}

running()
{
	kill -0 "${pid[$1]}" 2>/dev/null
}

ended()
{
	! running "$1"
}

# crash NAME: as if its host had lost power
crash()
{
	kill -9 "${pid[$1]}"
	wait "${pid[$1]}" 2>/dev/null
	unset "pid[$1]"
}

# stop NAMES: asks each to end, all at once; remembers who did not end well
stop()
{
	local name status
	for name in $1; do
		kill -TERM "${pid[$name]}" 2>/dev/null
	done
	for name in $1; do
		if ! wait_until 15 ended "$name"; then
			ended_badly+="$name did not end when asked to"$'\n'
			kill -9 "${pid[$name]}"
		fi
		status=0
		wait "${pid[$name]}" 2>/dev/null || status=$?
		[ "$status" -eq 0 ] || ended_badly+="$name ended with $status"$'\n'
		unset "pid[$name]"
	done
}

# stop_all: every daemon; a test passes or fails here for what no command shows
stop_all()
{
	local name
	for name in "${!pid[@]}"; do
		running "$name" || ended_badly+="$name was not running any more"$'\n'
	done
	stop "${!pid[*]}"
	ended_badly+=$(cd "$work" && grep -E 'Sanitizer|runtime error:|[Aa]ssertion' ./*.log |
		head -n 40)
	empty "all daemons ran to the end and ended well" "$ended_badly"
}

# --- what a user would do ---

# on NAME COMMAND...: rumor, talking to that daemon
on()
{
	local name=$1
	shift
	RUMOR_SOCKET=$work/$name.sock "$RUMOR" "$@"
}

# exits STATUS COMMAND...: whether it ends with exactly that
exits()
{
	local want=$1 got=0
	shift
	"$@" >/dev/null 2>&1 || got=$?
	[ "$got" -eq "$want" ]
}

# reads NAME KEY VALUE: whether that daemon has that value
reads()
{
	[ "$(on "$1" get "$2" 2>/dev/null)" = "$3" ]
}

absent()
{
	exits 1 on "$1" get "$2"
}

# state_of NAME MEMBER: what NAME says of the member; of several of that name the most
# lively, since those of former identities stay dead
state_of()
{
	on "$1" members --json 2>/dev/null | jq -rs --arg name "$2" \
		'[.[] | select(.name == $name) | .state] as $states |
		["alive", "suspect", "left", "dead"] | map(select(IN($states[]))) |
		.[0] // "unknown"'
}

# says NAME MEMBER STATE
says()
{
	[ "$(state_of "$1" "$2")" = "$3" ]
}

# sees NAME COUNT: whether that daemon counts so many alive, itself among them
sees()
{
	[ "$(on "$1" members --state alive --json 2>/dev/null | wc -l)" -eq "$2" ]
}

# status_of NAME FILTER: a field of its status, by a filter of jq
status_of()
{
	on "$1" status --json | jq -r "$2"
}

# same_state NAMES: whether all have the same fingerprint
same_state()
{
	local name
	[ "$(for name in $1; do status_of "$name" .fingerprint; done 2>/dev/null | sort -u |
		wc -l)" -eq 1 ]
}

# each SECONDS NAMES COMMAND [ARGUMENT...]: waits until `COMMAND NAME ARGUMENT...`
# succeeds for every name; the time is for all together
each()
{
	local end_ms ms name seconds=$1 names=$2 command=$3
	shift 3
	now_ms
	end_ms=$((ms + seconds * 1000))
	for name in $names; do
		now_ms
		wait_until $(((end_ms - ms + 999) / 1000)) "$command" "$name" "$@" || return 1
	done
}

# --- hosts: a network namespace each, on one bridge ---

in_hub()
{
	nsenter --net=/run/netns/hub "$@"
}

# in_host NAME COMMAND...
in_host()
{
	local name=$1
	shift
	nsenter "--net=/run/netns/$name" "$@"
}

# own_network: moves the test into namespaces of its own, where at first there is nothing
# but loopback; to be called first. Whoever may not do that as root may still do it as a
# user, who then is root in there. All of it goes when the last process in it ends.
own_network()
{
	local namespaces=(--net --mount)
	[ "$(id -u)" -eq 0 ] || namespaces+=(--user --map-root-user)
	if [ -z "${rumord_test_inside:-}" ]; then
		{ command -v ip && unshare "${namespaces[@]}" true; } >/dev/null 2>&1 ||
			skip_all "no network namespaces here"
		clean_up
		rumord_test_inside=yes exec unshare "${namespaces[@]}" "$BASH" "$0"
	fi
	mount -t tmpfs tmpfs /run
	ip link set lo up
}

# hosts NAMES: one for each daemon to come; all on 10.117.0.0/24
hosts()
{
	local name number=0
	ip netns add hub
	for name in br0 br1; do
		in_hub ip link add "$name" type bridge || skip_all "no bridges here"
		in_hub ip link set "$name" up
	done
	for name in $1; do
		number=$((number + 1))
		ip[$name]=10.117.0.$number
		port[$name]=7117
		ip netns add "$name"
		in_hub ip link add "to-$name" type veth peer name eth0 netns "$name"
		in_hub ip link set "to-$name" master br0 up
		in_host "$name" ip link set lo up
		in_host "$name" ip address add "${ip[$name]}/24" dev eth0
		in_host "$name" ip link set eth0 up
	done
}

# part NAMES: these hosts reach each other and nobody else
part()
{
	local name
	for name in $1; do
		in_hub ip link set "to-$name" master br1
	done
}

# heal NAMES: undoes it
heal()
{
	local name
	for name in $1; do
		in_hub ip link set "to-$name" master br0
	done
}

# lose PERCENT NAMES: of what arrives at these hosts
lose()
{
	local name
	for name in $2; do
		in_host "$name" nft -f - <<-END || skip_all "no nft"
			table inet loss {
				chain input {
					type filter hook input priority 0;
					iifname "eth0" numgen random mod 100 < $1 counter drop
				}
			}
		END
	done
}

# --- the end ---

on_failure()
{
	local log
	for log in "$work"/*.log; do
		[ -s "$log" ] || continue
		diag "--- ${log##*/}"
		diag "$(tail -n 12 "$log")"
	done
}

clean_up()
{
	local one
	for one in "${pid[@]}"; do
		kill -9 "$one" 2>/dev/null
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
