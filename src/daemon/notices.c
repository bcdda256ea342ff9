/* SPDX-License-Identifier: MIT */
#include "daemon/notices.h"

#include <syslog.h>

#include "daemon/log.h"

void
notice_log(const struct notice *notice)
{
	char text[ADDRESS_TEXT_SIZE];
	const char *member = notice->member;
	const char *address = address_format(&notice->address, text);

	switch (notice->kind) {
	case NOTICE_MEMBER_JOINED:
		log_message(LOG_INFO, "member %s at %s is alive", member, address);
		break;
	case NOTICE_MEMBER_SUSPECT:
		log_message(LOG_INFO, "member %s at %s is suspected", member, address);
		break;
	case NOTICE_MEMBER_REFUTED:
		log_message(LOG_INFO, "member %s at %s is alive after all", member,
			address);
		break;
	case NOTICE_MEMBER_DEAD:
		log_message(LOG_NOTICE, "member %s at %s is dead", member, address);
		break;
	case NOTICE_MEMBER_LEFT:
		log_message(LOG_INFO, "member %s at %s has left", member, address);
		break;
	case NOTICE_SELF_ACCUSED:
		log_message(LOG_WARNING,
			"others took this node for dead; it has told them otherwise");
		break;
	case NOTICE_NAME_CONFLICT:
		log_message(LOG_WARNING,
			"member %s at %s has the name of another live member: give "
			"one of them another node.name",
			member, address);
		break;
	case NOTICE_IDENTITY_CONFLICT:
		log_message(LOG_ERR,
			"a node at %s runs, or ran later, with the identity of this "
			"one: is its state folder a copy?",
			address);
		break;
	case NOTICE_FOREIGN_CLUSTER:
		log_message(LOG_WARNING,
			"packets of another cluster arrive from %s and are dropped: "
			"compare cluster.name",
			address);
		break;
	case NOTICE_CLOCK:
		log_message(LOG_WARNING,
			"writes from %s%sat %s are refused: they are stamped too far "
			"ahead of this host's clock",
			member, member[0] == '\0' ? "" : " ", address);
		break;
	case NOTICE_SYNCED:
		log_message(LOG_INFO, "state exchanged with %s at %s",
			member[0] == '\0' ? "a node" : member, address);
		break;
	case NOTICE_LEAVE_DONE:
		break;
	}
}
