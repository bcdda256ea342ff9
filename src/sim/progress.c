/* SPDX-License-Identifier: MIT */
#include "sim/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 40
#define REDRAW_INTERVAL (CLOCKS_PER_SEC / 10)

void
progress_init(struct progress *progress, size_t total)
{
	*progress = (struct progress){
		.shown = isatty(STDERR_FILENO) && total > 0,
		.total = total,
	};
}

void
progress_fini(struct progress *progress)
{
	if (progress->shown)
		fprintf(stderr, "\r\033[K");
}

static void
draw(struct progress *progress, double share)
{
	static const char full[] = "########################################";
	long now = (long)clock();
	int width;

	if (!progress->shown || now - progress->drawn_at < REDRAW_INTERVAL)
		return;
	progress->drawn_at = now;
	share = ((double)progress->done + share) / (double)progress->total;
	width = (int)(share * BAR_WIDTH);
	fprintf(stderr, "\r[%.*s%*s] %3.0f %%", width, full, BAR_WIDTH - width, "",
		share * 100);
	fflush(stderr);
}

void
progress_within(struct progress *progress, double share)
{
	draw(progress, share);
}

void
progress_step(struct progress *progress)
{
	progress->done++;
	draw(progress, 0);
}
