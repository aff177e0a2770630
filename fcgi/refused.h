/*
 * refused.h - refusals in the audit log: who asked for what without the right.
 *
 * One entry for each actor, route and minute, and a sum of what was left out
 * in the next one; and no more than 60 a minute in all. All of it by worker:
 * whoever hammers a route fills no table.
 */
#ifndef FRONTDESK_REFUSED_H
#define FRONTDESK_REFUSED_H

#include "fcgi/req.h"

/* After the step that refused, outside any transaction. r->c.err stays. */
void refused_note(struct req *r);

#endif
