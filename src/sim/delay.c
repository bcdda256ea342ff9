/* SPDX-License-Identifier: MIT */
#include "sim/delay.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/now.h"
#include "sim/quantity.h"

uint64_t
delay_draw(const struct delay *delay, struct prng *prng)
{
	switch (delay->kind) {
	case DELAY_UNIFORM:
		if (delay->a_us == delay->b_us)
			break;
		return delay->a_us + prng_below(prng, delay->b_us - delay->a_us + 1);
	case DELAY_EXPONENTIAL:
		return (uint64_t)(-log1p(-prng_unit(prng)) * (double)delay->a_us);
	}
	return delay->a_us;
}

enum err
delay_parse(const char *text, struct delay *ret_delay)
{
	struct delay delay = {.kind = DELAY_UNIFORM};
	const char *colon = strchr(text, ':');
	char first[32];
	enum err err;

	if (strncmp(text, "exp:", 4) == 0) {
		delay.kind = DELAY_EXPONENTIAL;
		text += 4;
		colon = NULL;
	}
	if (strlen(text) >= sizeof(first))
		return ERR_INVALID;
	snprintf(first, sizeof(first), "%.*s",
		(int)(colon == NULL ? strlen(text) : (size_t)(colon - text)), text);
	err = quantity_duration(first, MS_US, &delay.a_us);
	delay.b_us = delay.a_us;
	if (err == ERR_OK && colon != NULL)
		err = quantity_duration(colon + 1, MS_US, &delay.b_us);
	if (err != ERR_OK || delay.b_us < delay.a_us)
		return ERR_INVALID;
	*ret_delay = delay;
	return ERR_OK;
}

const char *
delay_format(const struct delay *delay, char text[DELAY_TEXT_SIZE])
{
	double a_ms = (double)delay->a_us / 1e3;
	double b_ms = (double)delay->b_us / 1e3;

	if (delay->kind == DELAY_EXPONENTIAL)
		snprintf(text, DELAY_TEXT_SIZE, "exponential, mean %g ms", a_ms);
	else if (delay->a_us == delay->b_us)
		snprintf(text, DELAY_TEXT_SIZE, "%g ms", a_ms);
	else
		snprintf(text, DELAY_TEXT_SIZE, "%g to %g ms", a_ms, b_ms);
	return text;
}
