/* SPDX-License-Identifier: MIT */
#include "base/host_port.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HEX_DIGITS DIGITS "abcdefABCDEF"

static bool
consists_of(const char *text, const char *characters)
{
	return text[strspn(text, characters)] == '\0';
}

/* Also the forms that the system's resolver would read as a part of an IPv4 address. */
static bool
is_number(const char *label)
{
	bool hex = label[0] == '0' && (label[1] == 'x' || label[1] == 'X');

	return hex ? consists_of(label + 2, HEX_DIGITS)
		   : label[0] != '\0' && consists_of(label, DIGITS);
}

static bool
is_name(const char *host)
{
	const char *dot = strrchr(host, '.');

	return consists_of(host, DIGITS LETTERS ".-_") && host[0] != '.' &&
	       host[0] != '-' && !is_number(dot != NULL ? dot + 1 : host);
}

static bool
parse_port(const char *text, uint16_t *ret_port)
{
	unsigned port = 0;

	if (strlen(text) > 5 || !consists_of(text, DIGITS)) {
		return false;
	}
	for (const char *digit = text; *digit != '\0'; digit++) {
		port = port * 10 + (unsigned)(*digit - '0');
	}
	*ret_port = (uint16_t)port;
	return port > 0 && port <= UINT16_MAX;
}

enum err
host_port_parse(
	const char *text, uint16_t default_port, struct host_port *ret_host_port)
{
	struct host_port host_port = {.port = default_port};
	size_t len = strcspn(text, ":");

	if (len == 0 || len > HOST_LEN_MAX) {
		return ERR_INVALID;
	}
	memcpy(host_port.host, text, len);
	if (!is_name(host_port.host)) {
		return ERR_INVALID;
	}
	if (text[len] == ':' && !parse_port(text + len + 1, &host_port.port)) {
		return ERR_INVALID;
	}
	*ret_host_port = host_port;
	return ERR_OK;
}
