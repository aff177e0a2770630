/*
 * resource.h - what a visit takes up: a staff member, a room, a device.
 *
 * A staff member's is made, moved and removed with him or her (staff.h);
 * rooms and devices stand for themselves.
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
	int64_t capacity; /* so many at once: lanes 0 .. capacity - 1 */
	int64_t position;
	bool is_active;
};

extern const struct table RESOURCE;
extern const char *const RESOURCE_KINDS[4]; /* staff room device */

#endif
