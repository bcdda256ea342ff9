/* SPDX-License-Identifier: MIT */
#include "net/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sockaddr.h"

#define FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

static void
set_option(int socket, int level, int option, int value)
{
	(void)setsockopt(socket, level, option, &value, sizeof(value));
}

static void
close_keeping_errno(int socket)
{
	int error = errno;

	close(socket);
	errno = error;
}

static bool
bind_to(int socket, const struct address *address)
{
	struct sockaddr_storage sockaddr;
	socklen_t len = sockaddr_of(address, sockaddr_family(address), &sockaddr);

	return bind(socket, (const struct sockaddr *)&sockaddr, len) == 0;
}

static bool
find_address(int socket, struct address *ret_address)
{
	struct sockaddr_storage sockaddr;
	socklen_t len = sizeof(sockaddr);

	if (getsockname(socket, (struct sockaddr *)&sockaddr, &len) != 0) {
		return false;
	}
	*ret_address = sockaddr_address((const struct sockaddr *)&sockaddr);
	return true;
}

static enum err
bind_exactly(const struct address *address, int type, int *ret_socket,
	struct address *ret_address)
{
	int fd = socket(sockaddr_family(address), type | FLAGS, 0);

	if (fd < 0) {
		return ERR_IO;
	}
	if (address->family == 6) {
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	}
	if (type == SOCK_STREAM) {
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	}
	if (!bind_to(fd, address) || !find_address(fd, ret_address)) {
		close_keeping_errno(fd);
		return ERR_IO;
	}
	*ret_socket = fd;
	return ERR_OK;
}

static bool
host_lacks_ipv6(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

enum err
socket_bind(const struct address *bind, int type, int *ret_socket,
	struct address *ret_address)
{
	enum err err = bind_exactly(bind, type, ret_socket, ret_address);

	if (err != ERR_OK && bind->family == 6 && address_is_wildcard(bind) &&
		host_lacks_ipv6(errno)) {
		struct address any = {.family = 4, .port = bind->port};

		err = bind_exactly(&any, type, ret_socket, ret_address);
	}
	return err;
}

static bool
leave_from(int socket, const struct address *from)
{
	struct address host = *from;

	/* The port is chosen at connect(), so that one port can serve many peers. */
	host.port = 0;
	set_option(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	return bind_to(socket, &host);
}

static bool
start_connecting(int socket, const struct address *to)
{
	struct sockaddr_storage sockaddr;
	socklen_t len = sockaddr_of(to, sockaddr_family(to), &sockaddr);

	return connect(socket, (const struct sockaddr *)&sockaddr, len) == 0 ||
	       errno == EINPROGRESS || errno == EINTR;
}

enum err
socket_connect(const struct address *from, const struct address *to, int *ret_socket)
{
	int fd = socket(sockaddr_family(to), SOCK_STREAM | FLAGS, 0);

	if (fd < 0) {
		return errno == EAFNOSUPPORT ? ERR_UNREACHABLE : ERR_IO;
	}

	bool chosen = from->family == to->family && !address_is_wildcard(from);

	if ((chosen && !leave_from(fd, from)) || !start_connecting(fd, to)) {
		close_keeping_errno(fd);
		return ERR_UNREACHABLE;
	}
	*ret_socket = fd;
	return ERR_OK;
}

void
socket_send_at_once(int socket)
{
	set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}
