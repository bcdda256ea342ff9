# SPDX-License-Identifier: MIT
# Prints C with comments blanked and literals emptied; lines keep their numbers.
# #include lines stay as they are.
{
	if (!in_comment && $0 ~ /^[ \t]*#[ \t]*include/) {
		print
		next
	}
	out = ""
	rest = $0
	while (rest != "") {
		if (in_comment) {
			end = index(rest, "*/")
			if (end == 0) {
				break
			}
			rest = substr(rest, end + 2)
			in_comment = 0
			out = out " "
		} else if (match(rest, /^("([^"\\]|\\.)*"|'([^'\\]|\\.)*')/)) {
			quote = substr(rest, 1, 1)
			out = out quote quote
			rest = substr(rest, RLENGTH + 1)
		} else if (substr(rest, 1, 2) == "/*") {
			in_comment = 1
			rest = substr(rest, 3)
		} else if (substr(rest, 1, 2) == "//") {
			break
		} else {
			out = out substr(rest, 1, 1)
			rest = substr(rest, 2)
		}
	}
	print out
}
