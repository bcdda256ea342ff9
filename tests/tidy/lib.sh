# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the source checks share. Sourced; leaves the test in the top of the source tree.

set -u
export LC_ALL=C
top=${srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
cd "$top" || exit 99
# shellcheck source=tests/tap.sh
. tests/tap.sh

# c_files FOLDER...: the C sources and headers below them
c_files()
{
	find "$@" -name '*.[ch]' | sort
}

# text_files: what people wrote in this tree, without what is generated, and without
# folders of builds
text_files()
{
	find . -mindepth 1 -type d \( -name .git -o -name autom4te.cache -o -name .deps \
		-o -name .libs -o -path ./build-aux -o -path './rumord-*' -o -path './_*' \
		-o -exec test -e '{}/config.status' \; -o -path ./build-tests \) -prune -o \
		-type f ! -path ./configure ! -path './configure~' ! -path ./aclocal.m4 \
		! -path ./Makefile ! -path ./Makefile.in ! -path './config.[hls]*' \
		! -path ./libtool ! -path ./stamp-h1 ! -path './m4/*.m4' \
		! -name '*.l[ao]' ! -name '*.o' ! -name '*.log' ! -name '*.trs' \
		-print | sed 's|^\./||' | sort
}

# shell_files: the scripts among them
shell_files()
{
	text_files | while IFS= read -r file; do
		case $file in
		*.sh) echo "$file" ;;
		*) ! head -n 1 "$file" | grep -aqE '^#!.*\<(sh|bash)\>' || echo "$file" ;;
		esac
	done
}

# code FILE: with comments blanked and literals emptied
code()
{
	awk -f tests/tidy/code.awk "$1"
}
