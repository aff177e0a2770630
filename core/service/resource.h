/*
 * resource.h - rooms and devices: what can be taken beside staff.
 *
 * The rows of kind staff belong to staff members and are not there for these
 * functions. A resource of capacity n can be taken n times at once, in the
 * lanes 0 .. n-1. Who changes one writes its booking_seq first, as every take
 * does: so neither sees the other half done.
 */
#ifndef FRONTDESK_RESOURCE_H
#define FRONTDESK_RESOURCE_H

#include "core/base/ctx.h"
#include "core/base/table.h"

enum resource_kind { RESOURCE_STAFF, RESOURCE_ROOM, RESOURCE_DEVICE };

struct resource {
	const char *id;
	const char *branch_id;
	enum resource_kind kind;
	const char *name;
	int64_t capacity;
	int64_t position;
	bool is_active;
};

extern const struct table RESOURCE;

/* A room or device that is not deleted: 1, 0, -1. */
int resource_find(struct ctx *c, const char *id, struct resource *out) MUST_USE;

/* All need a transaction, and are audited. E_INVALID for the kind, and for
 * the branch of somebody else. */
int resource_create(struct ctx *c, struct resource *r) MUST_USE;
/* Takes the members `given` (bits of RESOURCE) from `in`. E_STATE when it has
 * been taken for a time to come, in a lane above the new capacity or in the
 * branch that it leaves. */
int resource_change(struct ctx *c, const char *id, const struct resource *in, uint64_t given,
	struct resource *out) MUST_USE;
/* E_STATE when it has been taken for a time to come, or a service needs it. */
int resource_delete(struct ctx *c, const char *id) MUST_USE;

#endif
