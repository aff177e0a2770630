/*
 * edits.h - what tests of changes share: how a change is refused, what it
 * leaves in the audit, and services to change.
 */
#ifndef FRONTDESK_TESTS_DB_EDITS_H
#define FRONTDESK_TESTS_DB_EDITS_H

#include "core/service/service.h"
#include "tests/db/salon.h"

/* The call failed, with a field error for this and nothing else. */
void wrong(int rc, const char *field);
/* The call failed with this code: E_STATE with the word in its sentence,
 * E_DUPLICATE with it as the field. */
void refused(int rc, enum err_code code, const char *word);
void is_audited(const char *action, const char *id, const char *fields);
uint64_t bit(const struct table *t, const char *name);

struct service new_service(const char *name, int64_t minutes);
const char *make_service(int64_t minutes); /* "Massage" */
struct service_segment new_segment(const char *service, const char *name, int64_t position);
const char *make_segment(const char *service, const char *name, int64_t position);

#endif
