/*
 * edit.h - how services and their segments change.
 *
 * Every change locks the service's row first, so that changes of one service
 * come one after the other, and ends with a service that can be carried out:
 * one to SEGMENTS_MAX segments at the positions 1 .. n, each by the staff
 * member of an earlier one or of its own choice; one segment only where the
 * capacity is above 1; no part longer than a day with the buffers around it;
 * duration_minutes the sum of the segments.
 *
 * All that changes something needs a transaction and is audited. E_NOT_FOUND
 * for a service or part that is not there, E_INVALID naming the field, E_STATE
 * where something that exists stands against it. A change takes from `in` the
 * members that `given` names (bits of the table).
 */
#ifndef FRONTDESK_SERVICE_EDIT_H
#define FRONTDESK_SERVICE_EDIT_H

#include "core/service/service.h"

#define SEGMENTS_MAX 8

/* A new service: what SERVICE has, with either duration_minutes or segments
 * (in order), and perhaps a currency that is not the company's. */
extern const struct table SERVICE_NEW;

int service_create(struct ctx *c, const struct service *in, struct service *out) MUST_USE;
int service_change(struct ctx *c, const char *id, const struct service *in, uint64_t given,
	struct service *out) MUST_USE;
/* E_STATE while visits are to come: they could no longer be moved. */
int service_delete(struct ctx *c, const char *id) MUST_USE;

/* The row, locked until the end of the transaction. */
int service_lock(struct ctx *c, const char *id, struct service *out) MUST_USE;

/* ---- segments ---- */

/* in->service_id says of which service. in->position 0: at the end; else the
 * segments from there on move up. */
int segment_create(
	struct ctx *c, const struct service_segment *in, struct service_segment *out) MUST_USE;
/* in->service_id and in->id say which one. A new position moves the others. */
int segment_change(struct ctx *c, const struct service_segment *in, uint64_t given,
	struct service_segment *out) MUST_USE;
/* E_STATE for the last one, for one that visits have, and for one whose staff
 * member does another one too. */
int segment_delete(struct ctx *c, const char *service_id, const char *id) MUST_USE;

#endif
