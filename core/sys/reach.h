/*
 * reach.h - which network addresses a request to a provider may go to.
 *
 * Asked when a socket is opened, with the address itself, so that no name,
 * spelling or answer of a name server gets past it.
 */
#ifndef FRONTDESK_REACH_H
#define FRONTDESK_REACH_H

#include "core/base/network.h"
#include <sys/socket.h>

enum reach {
	REACH_PUBLIC,
	REACH_LOOPBACK,
	REACH_CLOSED, /* private, link local, reserved, multicast, no IP at all */
};

enum reach reach_of(const struct sockaddr *sa);
/* Whether it lies in one of these networks. */
bool reach_within(const struct sockaddr *sa, const struct network *all, size_t n);
int reach_port(const struct sockaddr *sa);

#endif
