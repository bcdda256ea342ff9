# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: MIT
# The Debian packages that building and testing need, and their installation. Sourced.

BUILD_PACKAGES=(
	autoconf autoconf-archive automake gcc libc6-dev libconfuse-dev libevent-dev
	libjansson-dev libsystemd-dev libtool libxxhash-dev make pkg-config
)
TEST_PACKAGES=(
	check clang clang-format iproute2 jq mandoc nftables shellcheck socat xz-utils
)

# missing_packages PACKAGE...: those of them that are not installed, one a line
missing_packages()
{
	local installed
	installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
		sed -n 's/^installed //p') || true # it fails when it does not know one
	printf '%s\n' "$@" | grep -vxF -e "$installed"
}

# apt_get ARGUMENT...: as root, without questions
apt_get()
{
	local as_root=()
	[ "$(id -u)" -eq 0 ] || as_root=(sudo)
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get -y -q -o DPkg::Lock::Timeout=300 "$@"
}

# install_packages LOG PACKAGE...: installs what is missing of them
install_packages()
{
	local log=$1 missing
	shift
	if ! command -v apt-get >/dev/null; then
		echo "no apt-get here; these Debian packages are assumed: $*"
		return 0
	fi
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "installing ${missing[*]}"
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		echo "This needs root or sudo. As root, run:" >&2
		echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
		return 1
	fi
	# The package lists of a fresh system may be absent or old.
	apt_get install --no-install-recommends "${missing[@]}" >"$log" 2>&1 </dev/null ||
		{ apt_get update && apt_get install --no-install-recommends "${missing[@]}"; } \
			>"$log" 2>&1 </dev/null ||
		{
			tail -n 20 "$log" >&2
			return 1
		}
}
