/*
 * companies.h - one company after the other, for the administrator's work.
 */
#ifndef FRONTDESK_COMPANIES_H
#define FRONTDESK_COMPANIES_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct some_company {
	int64_t company_number;
	const char *company_id;
	const char *slug;
};

extern const struct table SOME_COMPANY;

/* A walk over them; zeroed it begins with the first. */
struct companies {
	struct rows page;
	size_t at;
	int64_t last; /* number of the one before */
	bool all_read;
};

/* Enters the next company that is not closed: 1; behind the last one 0, and
 * outside companies again; -1. What *out names lives as long as the arena: a mark
 * that is taken after this call may be released before the next. An account of
 * the worker. */
int companies_next(struct ctx *c, struct companies *w, struct some_company *out) MUST_USE;

#endif
