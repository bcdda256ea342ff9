/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/output.h"

/* Were one of the three closed, the connection to the daemon would get its number, and
 * what is meant for people would go to the daemon. The wrong mode keeps it failing. */
static void
occupy_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0) {
			int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

			if (open("/dev/null", mode) != fd) {
				exit(RUMOR_INVALID);
			}
		}
	}
}

int
cli_main(int argc, char **argv)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct invocation invocation;

	occupy_standard_files();
	sigaction(SIGPIPE, &ignore, NULL);
	invocation_init(&invocation, argc);

	enum rumor_result result = invocation_parse(&invocation, argc, argv);

	if (result == RUMOR_OK) {
		result = invocation.command->run(&invocation);
	}
	invocation_fini(&invocation);
	return (int)output_finish(result);
}
