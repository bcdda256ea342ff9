# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# TAP, the Test Anything Protocol, for tests in shell. Sourced.

tap_count=0

pass()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# fail NAME [DIAGNOSTIC]
fail()
{
	tap_count=$((tap_count + 1))
	echo "not ok $tap_count - $1"
	[ -z "${2:-}" ] || diag "$2"
	# What else a kind of test can tell about a failure.
	if declare -F on_failure >/dev/null; then
		on_failure
	fi
}

# skip NAME REASON
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# skip_all REASON: ends the test
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

diag()
{
	printf '%s\n' "$1" | sed 's/^/# /'
}

# check NAME COMMAND...: passes when the command does
check()
{
	local name=$1
	shift
	if "$@"; then
		pass "$name"
	else
		fail "$name" "failed: $*"
	fi
}

# equal NAME WANTED GOT
equal()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "wanted: $2"$'\n'"got:    $3"
	fi
}

# empty NAME TEXT: passes when there is no text, which otherwise says what is wrong
empty()
{
	if [ -z "$2" ]; then
		pass "$1"
	else
		fail "$1" "$2"
	fi
}

# finish: to be called at the end of each test; without it the plan is missing. What
# failed has been told, so the exit status adds nothing.
finish()
{
	echo "1..$tap_count"
}
