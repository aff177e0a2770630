/*
 * room.h - rooms and devices: what can be taken beside staff.
 *
 * The resources of kind staff belong to staff members and are not there for
 * these functions. Who changes one writes its booking_seq first, as every take
 * does: so neither sees the other half done.
 */
#ifndef FRONTDESK_ROOM_H
#define FRONTDESK_ROOM_H

#include "core/staff/resource.h"

/* A room or device that is not deleted: 1, 0, -1. */
int room_find(struct ctx *c, const char *id, struct resource *out) MUST_USE;

/* All need a transaction, and are audited. E_INVALID for the kind, and for
 * the branch of somebody else. */
int room_create(struct ctx *c, struct resource *r) MUST_USE;
/* Takes the members `given` (bits of RESOURCE) from `in`. E_STATE when it has
 * been taken for a time to come, in a lane above the new capacity or in the
 * branch that it leaves. */
int room_change(struct ctx *c, const char *id, const struct resource *in, uint64_t given,
	struct resource *out) MUST_USE;
/* E_STATE when it has been taken for a time to come, or a service needs it. */
int room_delete(struct ctx *c, const char *id) MUST_USE;

#endif
