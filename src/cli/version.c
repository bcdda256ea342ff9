/* SPDX-License-Identifier: MIT */
#include "cli/invocation.h"
#include "cli/output.h"

enum rumor_result
run_version(struct invocation *invocation)
{
	(void)invocation;
	output_text("rumor " PACKAGE_VERSION "\n");
	return RUMOR_OK;
}
