/* SPDX-License-Identifier: MIT */
#include "conf/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

#define DEPTH_MAX 4

/* --- reading --- */

static enum err
refuse(struct conf_errors *errors, const char *path, const char *reason)
{
	conf_errors_add(errors, 0, "%s: %s", path, reason);
	return ERR_INVALID;
}

/* Fills what it can of `size` bytes. */
static enum err
read_all(int fd, char *text, size_t size, size_t *ret_len)
{
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, text + len, size - len);

		if (got == 0) {
			break;
		}
		if (got < 0 && errno != EINTR) {
			return ERR_IO;
		}
		len += got > 0 ? (size_t)got : 0;
	}
	*ret_len = len;
	return ERR_OK;
}

enum err
source_read(const char *path, struct conf_errors *errors, char **ret_text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		return ERR_NOT_FOUND;
	}

	/* One byte more to see that there is more, then a newline and a NUL. */
	char *text = mem_new(SOURCE_SIZE_MAX + 3);
	size_t len;
	enum err err = fd < 0 ? ERR_IO : read_all(fd, text, SOURCE_SIZE_MAX + 1, &len);

	if (err != ERR_OK) {
		(void)refuse(errors, path, strerror(errno));
	} else if (len > SOURCE_SIZE_MAX) {
		err = refuse(errors, path, "larger than 1MiB");
	} else if (memchr(text, '\0', len) != NULL) {
		err = refuse(errors, path, "has a NUL byte, so it is not a text file");
	}
	if (fd >= 0) {
		close(fd);
	}
	if (err != ERR_OK) {
		free(text);
		return err;
	}
	if (len == 0 || text[len - 1] != '\n') {
		text[len] = '\n';
	}
	*ret_text = text;
	return ERR_OK;
}

/* --- preparing --- */

struct scan {
	char *at;
	unsigned int line;
	bool in_word;
	size_t depth;
	unsigned int opened[DEPTH_MAX]; /* lines of the braces that are open */
	const char *reason;             /* what is wrong, NULL as long as nothing is */
	unsigned int reason_line;
};

static void
fail(struct scan *scan, unsigned int line, const char *reason)
{
	scan->reason = reason;
	scan->reason_line = line;
}

/* Leaves the scan at the newline. */
static void
blank_line_comment(struct scan *scan)
{
	while (*scan->at != '\n' && *scan->at != '\0') {
		*scan->at++ = ' ';
	}
}

static void
blank_block_comment(struct scan *scan)
{
	unsigned int line = scan->line;
	char *end = strstr(scan->at + 2, "*/");

	if (end == NULL) {
		fail(scan, line, "a comment that begins here is never closed");
		return;
	}
	for (; scan->at < end + 2; scan->at++) {
		if (*scan->at == '\n') {
			scan->line++;
		} else {
			*scan->at = ' ';
		}
	}
}

static void
skip_string(struct scan *scan)
{
	unsigned int line = scan->line;
	char quote = *scan->at++;

	for (; *scan->at != quote; scan->at++) {
		if (*scan->at == '\\' && scan->at[1] != '\0') {
			scan->at++;
		}
		if (*scan->at == '\0') {
			fail(scan, line, "a quote that begins here is never closed");
			return;
		}
		scan->line += *scan->at == '\n';
	}
	scan->at++;
}

static void
skip_punctuation(struct scan *scan)
{
	char byte = *scan->at++;

	if (byte == '\n') {
		scan->line++;
	} else if (byte == '{') {
		if (scan->depth == DEPTH_MAX) {
			fail(scan, scan->line, "braces are nested too deeply");
			return;
		}
		scan->opened[scan->depth++] = scan->line;
	} else if (byte == '}') {
		/* One too many is seen by the parser. */
		scan->depth -= scan->depth > 0;
	} else if (byte == '*' || (byte == '+' && *scan->at != '=')) {
		fail(scan, scan->line, "`*` and `+` in a value need quotes around it");
	}
}

static void
scan_next(struct scan *scan)
{
	char byte = *scan->at;
	char next = scan->at[1];
	bool was_in_word = scan->in_word;

	scan->in_word = false;
	if (byte == '#' || (byte == '/' && next == '/' && !was_in_word)) {
		blank_line_comment(scan);
	} else if (byte == '/' && next == '*') {
		blank_block_comment(scan);
	} else if (byte == '"' || byte == '\'') {
		skip_string(scan);
	} else if (strchr("\n{}()=,+*", byte) != NULL) {
		skip_punctuation(scan);
	} else if (strchr(" \t\r", byte) != NULL) {
		scan->at++;
	} else if ((unsigned char)byte < 0x20 || byte == 0x7f) {
		fail(scan, scan->line, "a control character");
	} else {
		scan->in_word = true;
		scan->at++;
	}
}

enum err
source_prepare(char *text, const char *path, struct conf_errors *errors)
{
	struct scan scan = {.at = text, .line = 1};

	while (*scan.at != '\0' && scan.reason == NULL) {
		scan_next(&scan);
	}
	if (scan.reason == NULL && scan.depth > 0) {
		fail(&scan, scan.opened[scan.depth - 1],
			"a `{` that begins here is never closed");
	}
	if (scan.reason != NULL) {
		conf_errors_add(errors, scan.reason_line, "%s:%u: %s", path,
			scan.reason_line, scan.reason);
		return ERR_INVALID;
	}
	return ERR_OK;
}
