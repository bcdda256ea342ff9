/* SPDX-License-Identifier: MIT */
#include "control/session.h"

#include "control/listing.h"
#include "control/reply.h"
#include "control/request.h"

void
session_init(struct session *session, struct service *service, bool read_only)
{
	*session = (struct session){.service = service, .read_only = read_only};
	lines_init(&session->lines, service->settings.line_size_max);
}

void
session_fini(struct session *session)
{
	lines_fini(&session->lines);
	listing_free(session->listing);
	session->listing = NULL;
}

static void
stream(struct session *session, struct reply *reply)
{
	struct control_host *host = &session->service->host;

	if (listing_stream(session->listing, host->node, host->now(host->context),
		    reply, SESSION_OUTPUT_SIZE_MAX)) {
		listing_free(session->listing);
		session->listing = NULL;
	}
}

/* Does one thing that is due: a part of a stream or one line. False when nothing is. */
static bool
answer_next(struct session *session, struct reply *reply, bool *changed)
{
	struct request_effect effect = {0};
	struct bytes line;

	if (session->listing != NULL) {
		stream(session, reply);
		return true;
	}
	switch (lines_next(&session->lines, session->ended, &line)) {
	case LINE_NONE:
		return false;
	case LINE_TOO_LONG:
		request_refuse_long(session->service, reply);
		break;
	case LINE_COMPLETE:
		request_run(session->service, session->read_only, line, reply, &effect);
		session->listing = effect.listing;
		*changed |= effect.changed;
		break;
	}
	return true;
}

bool
session_answer(struct session *session, struct evbuffer *output)
{
	struct service *service = session->service;
	struct reply reply = reply_to(output);
	size_t left = service->settings.pending_count_max;
	bool changed = false;
	bool has_more = true;

	while (has_more && left > 0 && reply_len(&reply) <= SESSION_OUTPUT_SIZE_MAX) {
		has_more = answer_next(session, &reply, &changed);
		left--;
	}
	reply_commit(&reply);
	if (changed) {
		service->host.settle(service->host.context);
	}
	return has_more;
}
