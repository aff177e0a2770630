#include "tests/db/edits.h"
#include "core/service/edit.h"

/* The field error that a failed call left, and nothing else. */
void wrong(int rc, const char *field)
{
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_int_eq(c->err.n_fields, 1);
	ck_assert_str_eq(c->err.fields[0].field, field);
	err_clear(c);
}

void refused(int rc, enum err_code code, const char *word)
{
	ck_assert_int_eq(rc, -1);
	ck_assert_msg(c->err.code == code, "%s: %s", err_wire(c->err.code), word);
	if (code == E_STATE)
		ck_assert_msg(strstr(c->err.detail, word) != NULL, "%s", c->err.detail);
	else if (code == E_DUPLICATE)
		ck_assert_str_eq(c->err.fields[0].field, word);
	err_clear(c);
}

void is_audited(const char *action, const char *id, const char *fields)
{
	ck_assert_int_eq(one_int(c,
				 "SELECT COUNT(*) FROM audit_entry WHERE action = ? AND "
				 "subject_id = ? AND COALESCE(fields, '') = ?",
				 action, id, fields),
		1);
}

uint64_t bit(const struct table *t, const char *name)
{
	return field_bit(t, table_field(t, name));
}

struct service new_service(const char *name, int64_t minutes)
{
	struct service s = SERVICE_FRESH;

	s.name = name;
	s.duration_minutes = minutes;
	s.price_cents = 5000;
	return s;
}

const char *make_service(int64_t minutes)
{
	struct service in = new_service("Massage", minutes), s;

	ck_assert_int_eq(service_create(c, &in, &s), 0);
	return s.id;
}

struct service_segment new_segment(const char *service, const char *name, int64_t position)
{
	return (struct service_segment){
		.service_id = service, .name = name, .position = position, .duration_minutes = 20};
}

const char *make_segment(const char *service, const char *name, int64_t position)
{
	struct service_segment in = new_segment(service, name, position), g;

	ck_assert_int_eq(segment_create(c, &in, &g), 0);
	return g.id;
}
