/* SPDX-License-Identifier: MIT */
#include "client/session.h"

#include <errno.h>
#include <stdlib.h>

const char *
rumor_socket_path(const char *path)
{
	if (path == NULL || path[0] == '\0') {
		path = secure_getenv("RUMOR_SOCKET");
	}
	return path == NULL || path[0] == '\0' ? SOCKET_PATH_DEFAULT : path;
}

enum rumor_result
rumor_open(const char *path, unsigned timeout_ms, struct rumor **ret_rumor)
{
	struct rumor *rumor = calloc(1, sizeof(*rumor));

	if (rumor == NULL) {
		return RUMOR_UNREACHABLE;
	}
	rumor_set_timeout(rumor, timeout_ms);

	enum err err = connection_open(rumor_socket_path(path),
		deadline_after(rumor->timeout_ms), &rumor->connection);

	if (err == ERR_OK) {
		*ret_rumor = rumor;
		return RUMOR_OK;
	}

	int saved_errno = errno;

	free(rumor);
	errno = saved_errno;
	if (err == ERR_TIMEOUT) {
		return RUMOR_TIMEOUT;
	}
	return err == ERR_DENIED ? RUMOR_DENIED : RUMOR_UNREACHABLE;
}

void
rumor_close(struct rumor *rumor)
{
	if (rumor != NULL) {
		connection_close(&rumor->connection);
		free(rumor);
	}
}

void
rumor_set_timeout(struct rumor *rumor, unsigned timeout_ms)
{
	rumor->timeout_ms = timeout_ms > 0 ? timeout_ms : RUMOR_TIMEOUT_MS;
}

void
rumor_set_notification_handler(
	struct rumor *rumor, rumor_notification_handler handler, void *context)
{
	rumor->handler = handler;
	rumor->handler_context = context;
}

int
rumor_fd(const struct rumor *rumor)
{
	return rumor->connection.fd;
}

const char *
rumor_error_text(const struct rumor *rumor)
{
	return rumor->error_text;
}

const char *
rumor_error_reason(const struct rumor *rumor)
{
	return rumor->error_reason;
}

/* A copy as long as fits, cut between characters. */
static void
copy_text(char *copy, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
}

void
clear_error(struct rumor *rumor)
{
	rumor->error_text[0] = '\0';
	rumor->error_reason[0] = '\0';
}

enum rumor_result
fail(struct rumor *rumor, enum rumor_result result, const char *reason,
	const char *text)
{
	copy_text(rumor->error_reason, sizeof(rumor->error_reason), reason);
	copy_text(rumor->error_text, sizeof(rumor->error_text), text);
	return result;
}

enum rumor_result
fail_memory(struct rumor *rumor)
{
	return fail(rumor, RUMOR_REFUSED, "memory", "out of memory");
}

enum rumor_result
fail_protocol(struct rumor *rumor, const char *text)
{
	connection_close(&rumor->connection);
	return fail(rumor, RUMOR_UNREACHABLE, "protocol", text);
}
