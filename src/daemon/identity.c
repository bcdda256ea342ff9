/* SPDX-License-Identifier: MIT */
#include "daemon/identity.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define FILE_NAME "identity"
#define FILE_NAME_NEW "identity.new"
#define FILE_SIZE_MAX 512

/* Beyond any honest use, and far from where numbers end. */
#define SEQ_LIMIT_MAX (UINT64_MAX / 2)

static void explain(char reason[IDENTITY_REASON_SIZE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
explain(char reason[IDENTITY_REASON_SIZE], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, IDENTITY_REASON_SIZE, format, arguments);
	va_end(arguments);
}

static enum err
explain_io(const struct identity_file *file, const char *what,
	char reason[IDENTITY_REASON_SIZE])
{
	explain(reason, "%s %s: %s", what, file->folder, strerror(errno));
	return ERR_IO;
}

/* --- the folder --- */

static enum err
open_folder(struct identity_file *file, char reason[IDENTITY_REASON_SIZE])
{
	if (mkdir(file->folder, 0750) != 0 && errno != EEXIST)
		return explain_io(file, "cannot make the state folder", reason);
	file->folder_fd = open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->folder_fd < 0)
		return explain_io(file, "cannot open the state folder", reason);
	if (flock(file->folder_fd, LOCK_EX | LOCK_NB) == 0)
		return ERR_OK;
	if (errno != EWOULDBLOCK)
		return explain_io(file, "cannot lock the state folder", reason);
	explain(reason, "another rumord uses the state folder %s", file->folder);
	return ERR_BUSY;
}

/* --- the file --- */

/* Reads the line "<name> <value>" at the cursor, a NUL-terminated value in place of the
 * newline, and moves to the next line. */
static bool
take_line(char **cursor, const char *name, const char **ret_value)
{
	size_t name_len = strlen(name);
	char *line = *cursor;
	char *end = strchr(line, '\n');

	if (end == NULL || strncmp(line, name, name_len) != 0 || line[name_len] != ' ')
		return false;
	*end = '\0';
	*cursor = end + 1;
	*ret_value = line + name_len + 1;
	return true;
}

static bool
take_number(char **cursor, const char *name, int base, uint64_t *ret_number)
{
	const char *value;
	char *end;

	if (!take_line(cursor, name, &value) || !isxdigit((unsigned char)value[0]))
		return false;
	errno = 0;
	*ret_number = strtoull(value, &end, base);
	return errno == 0 && *end == '\0';
}

static bool
take_id(char **cursor, uint8_t id[NODE_ID_SIZE])
{
	const char *value;

	if (!take_line(cursor, "id", &value) ||
		strspn(value, "0123456789abcdef") != 2 * (size_t)NODE_ID_SIZE ||
		value[2 * NODE_ID_SIZE] != '\0')
		return false;
	for (size_t i = 0; i < NODE_ID_SIZE; i++) {
		char pair[3] = {value[2 * i], value[2 * i + 1], '\0'};

		id[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return true;
}

static void
format_id(const uint8_t id[NODE_ID_SIZE], char text[2 * NODE_ID_SIZE + 1])
{
	for (size_t i = 0; i < NODE_ID_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
}

static enum err
parse(struct identity *identity, char *text, uint64_t *ret_inode)
{
	char *cursor = text;
	const char *format;
	uint64_t generation;

	if (!take_line(&cursor, "rumord-identity", &format) || strcmp(format, "1") != 0)
		return ERR_MALFORMED;
	if (!take_id(&cursor, identity->id) ||
		!take_number(&cursor, "generation", 10, &generation) ||
		!take_number(&cursor, "writer", 16, &identity->writer) ||
		!take_number(&cursor, "reserved", 10, &identity->seq_limit))
		return ERR_MALFORMED;
	if (!take_number(&cursor, "inode", 10, ret_inode) || *cursor != '\0')
		return ERR_MALFORMED;
	if (generation >= UINT32_MAX || identity->writer == 0 ||
		identity->seq_limit == 0 || identity->seq_limit > SEQ_LIMIT_MAX)
		return ERR_MALFORMED;
	identity->generation = (uint32_t)generation;
	return ERR_OK;
}

static enum err
read_file(struct identity_file *file, char reason[IDENTITY_REASON_SIZE])
{
	char text[FILE_SIZE_MAX + 1];
	/* Without waiting, should somebody have put a FIFO there. */
	int fd = openat(file->folder_fd, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	uint64_t inode;
	ssize_t len;

	if (fd < 0 && errno == ENOENT)
		return ERR_NOT_FOUND;
	if (fd < 0)
		return explain_io(file, "cannot read the identity in", reason);
	len = fstat(fd, &status) == 0 ? read(fd, text, FILE_SIZE_MAX) : -1;
	close(fd);
	if (len < 0)
		return explain_io(file, "cannot read the identity in", reason);
	text[len] = '\0';
	if (parse(&file->identity, text, &inode) == ERR_OK) {
		file->was_copied = inode != (uint64_t)status.st_ino;
		return ERR_OK;
	}
	explain(reason, "%s/" FILE_NAME " is damaged; remove it to start as a new node",
		file->folder);
	return ERR_MALFORMED;
}

/* The text, and last of all which file it is in. */
static bool
write_whole(int fd, char text[FILE_SIZE_MAX])
{
	size_t len = strlen(text);
	struct stat status;

	if (fstat(fd, &status) != 0)
		return false;
	len += (size_t)snprintf(text + len, FILE_SIZE_MAX - len, "inode %ju\n",
		(uintmax_t)status.st_ino);
	return write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
}

static enum err
write_file(struct identity_file *file, char reason[IDENTITY_REASON_SIZE])
{
	const struct identity *identity = &file->identity;
	char id[2 * NODE_ID_SIZE + 1];
	char text[FILE_SIZE_MAX];
	bool written;
	int fd;

	format_id(identity->id, id);
	snprintf(text, sizeof(text),
		"rumord-identity 1\nid %s\ngeneration %" PRIu32 "\nwriter %016" PRIx64
		"\nreserved %" PRIu64 "\n",
		id, identity->generation, identity->writer, identity->seq_limit);
	fd = openat(file->folder_fd, FILE_NAME_NEW,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return explain_io(file, "cannot write the identity in", reason);
	written = write_whole(fd, text);
	close(fd);
	if (!written ||
		renameat(file->folder_fd, FILE_NAME_NEW, file->folder_fd, FILE_NAME) !=
			0 ||
		fsync(file->folder_fd) != 0)
		return explain_io(file, "cannot write the identity in", reason);
	return ERR_OK;
}

/* --- the identity --- */

static void
fill_random(void *data, size_t size)
{
	if (getrandom(data, size, 0) != (ssize_t)size)
		abort();
}

static void
make_identity(struct identity *identity)
{
	*identity = (struct identity){.seq_limit = 1};
	fill_random(identity->id, sizeof(identity->id));
	while (identity->writer == 0)
		fill_random(&identity->writer, sizeof(identity->writer));
}

static enum err
load(struct identity_file *file, char reason[IDENTITY_REASON_SIZE])
{
	enum err err = read_file(file, reason);

	if (err == ERR_NOT_FOUND || file->was_copied)
		make_identity(&file->identity);
	else if (err != ERR_OK)
		return err;
	file->identity.generation++;
	file->identity.seq_next = file->identity.seq_limit;
	file->identity.seq_limit += RESERVE_COUNT;
	return write_file(file, reason);
}

enum err
identity_open(struct identity_file *file, const char *folder,
	char reason[IDENTITY_REASON_SIZE])
{
	enum err err;

	*file = (struct identity_file){
		.folder = mem_copy_string(folder),
		.folder_fd = -1,
	};
	err = open_folder(file, reason);
	if (err == ERR_OK)
		err = load(file, reason);
	if (err != ERR_OK)
		identity_close(file);
	return err;
}

void
identity_close(struct identity_file *file)
{
	if (file->folder_fd >= 0)
		close(file->folder_fd);
	free(file->folder);
	*file = (struct identity_file){.folder_fd = -1};
}

enum err
identity_reserve(struct identity_file *file, uint64_t writer, uint64_t limit,
	char reason[IDENTITY_REASON_SIZE])
{
	file->identity.writer = writer;
	file->identity.seq_limit = limit;
	return write_file(file, reason);
}
