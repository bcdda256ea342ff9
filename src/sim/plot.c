/* SPDX-License-Identifier: MIT */
#include "sim/plot.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#define PANEL_WIDTH 440.0
#define PANEL_HEIGHT 300.0
#define LEFT_MARGIN 62.0
#define TOP_MARGIN 64.0
#define PANEL_PITCH 550.0
#define PICTURE_HEIGHT 430

/* Dark enough on white, and apart from each other for most people (Okabe and Ito). */
static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
	"#e69f00", "#56b4e9", "#000000", "#999999"};

/* One direction of a panel. */
struct axis {
	double from;
	double to;
	bool logarithmic;
	double begin_px;
	double span_px; /* negative for upwards */
};

struct panel {
	FILE *file;
	struct axis x;
	struct axis y;
};

static double
place(const struct axis *axis, double value)
{
	double share = axis->logarithmic
			       ? log(value / axis->from) / log(axis->to / axis->from)
			       : (value - axis->from) / (axis->to - axis->from);

	return axis->begin_px + share * axis->span_px;
}

/* 1, 2, 5, 10, 20 and so on. */
static double
next_round(double value)
{
	double decade = pow(10, floor(log10(value * 1.0001)));
	double first = value / decade;

	return decade * (first < 1.5 ? 2 : first < 4 ? 5 : 10);
}

static double
round_down(double value)
{
	double round = pow(10, floor(log10(value)));

	while (next_round(round) <= value)
		round = next_round(round);
	return round;
}

static double
round_up(double value)
{
	double round = round_down(value);

	return round < value ? next_round(round) : round;
}

/* Wide enough for all values, which are above zero. */
static void
fit(struct axis *axis, double least, double most)
{
	axis->logarithmic = true;
	axis->from = round_down(least);
	axis->to = round_up(most);
	if (axis->to <= axis->from)
		axis->to = next_round(axis->from);
}

/* --- the frame --- */

static void
draw_text(const struct panel *panel, double x, double y, const char *anchor,
	const char *text)
{
	fprintf(panel->file,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
		anchor, text);
}

static void
draw_line(const struct panel *panel, double x1, double y1, double x2, double y2)
{
	fprintf(panel->file,
		"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
		"stroke=\"#ddd\"/>\n",
		x1, y1, x2, y2);
}

static void
draw_tick(const struct panel *panel, bool is_x, double value)
{
	const struct axis *x = &panel->x;
	const struct axis *y = &panel->y;
	char text[32];

	snprintf(text, sizeof(text), "%g", value);
	if (is_x) {
		double at = place(x, value);

		draw_line(panel, at, y->begin_px, at, y->begin_px + y->span_px);
		draw_text(panel, at, y->begin_px + 18, "middle", text);
	} else {
		double at = place(y, value);

		draw_line(panel, x->begin_px, at, x->begin_px + x->span_px, at);
		draw_text(panel, x->begin_px - 8, at + 4, "end", text);
	}
}

static void
draw_ticks(const struct panel *panel, bool is_x)
{
	const struct axis *axis = is_x ? &panel->x : &panel->y;
	/* Only decades where there are many. */
	bool sparse = axis->logarithmic && axis->to / axis->from > 2e3;

	for (double value = axis->from; value <= axis->to * 1.0001;) {
		draw_tick(panel, is_x, value);
		if (!axis->logarithmic)
			value += (axis->to - axis->from) / 5;
		else
			value = sparse ? value * 10 : next_round(value);
	}
}

static void
draw_frame(const struct panel *panel, const char *x_title, const char *y_title)
{
	double middle = panel->x.begin_px + panel->x.span_px / 2;
	double bottom = panel->y.begin_px;

	draw_ticks(panel, true);
	draw_ticks(panel, false);
	draw_text(panel, middle, bottom + 40, "middle", x_title);
	fprintf(panel->file, "<g font-weight=\"bold\">\n");
	draw_text(panel, panel->x.begin_px, bottom + panel->y.span_px - 10, "start",
		y_title);
	fprintf(panel->file, "</g>\n");
}

static struct panel
panel_at(FILE *file, size_t index)
{
	return (struct panel){
		.file = file,
		.x = {.begin_px = LEFT_MARGIN + PANEL_PITCH * (double)index,
			.span_px = PANEL_WIDTH},
		.y = {.begin_px = TOP_MARGIN + PANEL_HEIGHT, .span_px = -PANEL_HEIGHT},
	};
}

/* --- the curves --- */

static void
draw_curve(
	const struct panel *panel, const struct plot_series *series, const char *colour)
{
	fprintf(panel->file,
		"<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\" points=\"",
		colour);
	for (size_t i = 0; i < PLOT_POINT_COUNT; i++) {
		if (series->times_ms[i] > 0)
			fprintf(panel->file, "%.1f,%.1f ",
				place(&panel->x, series->times_ms[i]),
				place(&panel->y, 100 * plot_share(i)));
	}
	fprintf(panel->file, "\"/>\n");
}

/* Each name beside a stroke of its colour. */
static void
draw_legend(const struct panel *panel, const struct plot_series *series, size_t count)
{
	double x = panel->x.begin_px + 14;

	for (size_t i = 0; i < count; i++) {
		double y = TOP_MARGIN + 20 + 20 * (double)i;

		fprintf(panel->file,
			"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" "
			"stroke=\"%s\" stroke-width=\"2.5\"/>\n",
			x, y - 4, x + 24, y - 4, colours[i]);
		draw_text(panel, x + 32, y, "start", series[i].name);
	}
}

static void
find_times(const struct plot_series *series, size_t count, double *ret_least,
	double *ret_most)
{
	*ret_least = HUGE_VAL;
	*ret_most = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < PLOT_POINT_COUNT; j++) {
			double time = series[i].times_ms[j];

			if (time > 0 && time < *ret_least)
				*ret_least = time;
			if (time > *ret_most)
				*ret_most = time;
		}
	}
}

static void
draw_curves(FILE *file, const struct plot_series *series, size_t count)
{
	struct panel panel = panel_at(file, 0);
	double least;
	double most;

	find_times(series, count, &least, &most);
	fit(&panel.x, least, most);
	panel.y.to = 100;
	draw_frame(&panel, "milliseconds after the write", "% of the nodes have it");
	for (size_t i = 0; i < count; i++)
		draw_curve(&panel, &series[i], colours[i]);
	draw_legend(&panel, series, count);
}

/* --- speed against bytes --- */

static void
draw_point(
	const struct panel *panel, const struct plot_series *series, const char *colour)
{
	double x = place(&panel->x, series->bytes);
	double y = place(&panel->y, series->times_ms[PLOT_POINT_COUNT - 1]);
	bool to_the_left = x > panel->x.begin_px + panel->x.span_px * 0.75;

	fprintf(panel->file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" fill=\"%s\"/>\n",
		x, y, colour);
	draw_text(panel, to_the_left ? x - 11 : x + 11, y + 4,
		to_the_left ? "end" : "start", series->name);
}

static void
draw_trade(FILE *file, const struct plot_series *series, size_t count)
{
	struct panel panel = panel_at(file, 1);
	double times[2] = {HUGE_VAL, 0};
	double bytes[2] = {HUGE_VAL, 0};

	for (size_t i = 0; i < count; i++) {
		double time = series[i].times_ms[PLOT_POINT_COUNT - 1];

		times[0] = fmin(times[0], time);
		times[1] = fmax(times[1], time);
		bytes[0] = fmin(bytes[0], series[i].bytes);
		bytes[1] = fmax(bytes[1], series[i].bytes);
	}
	fit(&panel.x, bytes[0] * 0.9, bytes[1] * 1.1);
	fit(&panel.y, times[0] * 0.9, times[1] * 1.1);
	draw_frame(
		&panel, "bytes a node and write", "milliseconds until the last node");
	for (size_t i = 0; i < count; i++) {
		if (series[i].times_ms[PLOT_POINT_COUNT - 1] > 0)
			draw_point(&panel, &series[i], colours[i]);
	}
}

enum err
plot_write(const char *path, const char *title, const struct plot_series *series,
	size_t count)
{
	int width = (int)(count > 1 ? 2 * PANEL_PITCH : PANEL_PITCH);
	FILE *file = fopen(path, "w");

	if (file == NULL)
		return ERR_IO;
	fprintf(file,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\" "
		"fill=\"#222\">\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n"
		"<text x=\"16\" y=\"24\" font-size=\"14\">%s</text>\n",
		width, PICTURE_HEIGHT, width, PICTURE_HEIGHT, width, PICTURE_HEIGHT,
		title);
	draw_curves(file, series, count);
	if (count > 1)
		draw_trade(file, series, count);
	fprintf(file, "</svg>\n");
	return fclose(file) == 0 ? ERR_OK : ERR_IO;
}
