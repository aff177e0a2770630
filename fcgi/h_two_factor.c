#include "fcgi/h_two_factor.h"
#include "core/user/two_factor.h"
#include "fcgi/auth.h"

struct code_in {
	const char *password;
	const char *code;
};

static const struct field CODE_FIELDS[] = {
	TEXT(code_in, code, REQ | PERSONAL, CODE_MAX),
};
const struct table CODE_IN = TABLE(code_in, "code_request", CODE_FIELDS);

static const struct field CODE_OFF_FIELDS[] = {
	TEXT(code_in, password, REQ | PERSONAL | VERBATIM, 200),
	TEXT(code_in, code, REQ | PERSONAL, CODE_MAX),
};
const struct table CODE_OFF_IN = TABLE(code_in, "two_factor_disable_request", CODE_OFF_FIELDS);

static const struct field CODES_FIELDS[] = {
	TEXT(code_in, password, REQ | PERSONAL | VERBATIM, 200),
};
const struct table CODES_IN = TABLE(code_in, "recovery_codes_request", CODES_FIELDS);

struct codes_out {
	struct texts recovery_codes;
};

static const struct field CODES_OUT_FIELDS[] = {
	TEXTS(codes_out, recovery_codes, RO | PERSONAL, CODE_MAX),
};
const struct table CODES_OUT = TABLE(codes_out, "recovery_codes", CODES_OUT_FIELDS);

int h_two_factor_setup(struct req *r)
{
	struct two_factor_setup out;

	if (two_factor_setup(&r->c, r->who.user_id, &out) < 0)
		return -1;
	return reply(r, 200, &TWO_FACTOR_SETUP, &out);
}

int h_two_factor_enable(struct req *r)
{
	const struct code_in *in = r->in;
	struct codes_out out;

	if (two_factor_enable(&r->c, r->who.user_id, in->code, &out.recovery_codes) < 0)
		return -1;
	auth_forget();
	return reply(r, 200, &CODES_OUT, &out);
}

int h_two_factor_disable(struct req *r)
{
	const struct code_in *in = r->in;

	if (two_factor_disable(&r->c, r->who.user_id, in->password, in->code) < 0)
		return -1;
	auth_forget();
	return reply_empty(r, 204);
}

int h_recovery_codes(struct req *r)
{
	const struct code_in *in = r->in;
	struct codes_out out;

	if (two_factor_new_codes(&r->c, r->who.user_id, in->password, &out.recovery_codes) < 0)
		return -1;
	return reply(r, 200, &CODES_OUT, &out);
}
