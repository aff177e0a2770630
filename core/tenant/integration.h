/*
 * integration.h - the company's account at a provider, with its secret.
 */
#ifndef FRONTDESK_INTEGRATION_H
#define FRONTDESK_INTEGRATION_H

#include "core/base/ctx.h"
#include "core/base/table.h"

struct integration {
	const char *id;
	const char *provider;    /* "twilio", "retell" */
	const char *account;     /* the account's id there */
	const char *from_number; /* what its messages come from */
	struct bytes secret_cell;
};

extern const struct table INTEGRATION;

/* The oldest active one of that provider. */
int integration_find(struct ctx *c, const char *provider, struct integration *out) MUST_USE;
/* Its secret as text. E_INTERNAL when the cell does not open. */
int integration_secret(struct ctx *c, const struct integration *i, const char **secret) MUST_USE;

#endif
