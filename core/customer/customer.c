#include "core/customer/customer.h"
#include "core/audit/audit.h"
#include "core/audit/row.h"
#include "core/base/buf.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/event/event.h"
#include "core/sys/db.h"
#include "core/sys/phone_number.h"
#include "core/tenant/company.h"

#define NAME_LENGTH 120
#define EMAIL_LENGTH 254
#define LANGUAGE_LENGTH 16
#define DIGITS_MIN 3 /* fewer would find nearly everybody */

static const char *const JOURNEY[] = {
	"lead", "prospect", "customer", "regular", "vip", "inactive", NULL};

static const char *const PREFERRED[] = {"", "sms", "email", NULL};

static const struct field FIELDS[] = {
	ID(customer, id, RO),
	TEXT(customer, name, PERSONAL | SEARCH | SORT, NAME_LENGTH),
	TEXT(customer, phone, PERSONAL | SEARCH | FILTER | ASCII, 20),
	TEXT(customer, email, PERSONAL | SEARCH, EMAIL_LENGTH),
	TEXT(customer, language, 0, LANGUAGE_LENGTH),
	ENUM(customer, preferred_channel, NULL0, enum preferred_channel, PREFERRED),
	ENUM(customer, journey, RO | FILTER, enum journey, JOURNEY),
	INT(customer, no_show_count, RO, 0, UINT32_MAX),
	TIME(customer, created_at, RO | SORT),
};
const struct table CUSTOMER = TABLE_WITH(customer, "customer", FIELDS, SOFT);

static const struct field EDIT_FIELDS[] = {
	TEXT(customer, name, PERSONAL, NAME_LENGTH),
	TEXT(customer, phone, PERSONAL, PHONE_MAX),
	TEXT(customer, email, PERSONAL, EMAIL_LENGTH),
	TEXT(customer, language, 0, LANGUAGE_LENGTH),
	ENUM(customer, preferred_channel, NULL0, enum preferred_channel, PREFERRED),
};
const struct table CUSTOMER_EDIT = TABLE(customer, "customer_edit", EDIT_FIELDS);

/* ---- storage ---- */

int customer_get(struct ctx *c, const char *id, struct customer *out)
{
	return db_must(c, db_one(c, &CUSTOMER, out, "SELECT {cols} FROM customer WHERE id = ?", id),
		"customer", id);
}

int customer_find_by_phone(struct ctx *c, const char *e164, struct customer *out)
{
	return db_one(c, &CUSTOMER, out, "SELECT {cols} FROM customer WHERE live_phone = ?", e164);
}

int customer_booked(struct ctx *c, const char *id)
{
	int rc = db_exec(c,
		"UPDATE customer SET booking_seq = booking_seq + 1, "
		"journey = IF(journey = 'lead', 'prospect', journey) "
		"WHERE id = ? AND deleted_at IS NULL",
		id);

	return rc == 0 ? err_field(c, "customer_id", "is not known") : rc;
}

static int visits_to_come(struct ctx *c, const char *id)
{
	int64_t one;

	return db_int(c, &one,
		"SELECT 1 FROM appointment WHERE customer_id = ? AND ends_at > ? AND status IN "
		"('scheduled', 'confirmed', 'in_progress', 'needs_attention') LIMIT 1",
		id, c->now);
}

int customer_missed(struct ctx *c, const char *id)
{
	return db_exec(c,
		"UPDATE customer SET booking_seq = booking_seq + 1, "
		"no_show_count = no_show_count + 1 WHERE id = ?",
		id);
}

int customer_list(
	struct ctx *c, const char *q, int limit, ts_t after, const char *after_id, struct rows *out)
{
	struct query s;

	query_start(&s, c, "SELECT {cols} FROM customer");
	query_where(&s, "deleted_at IS NULL");
	if (!text_empty(q)) {
		const char *digits = text_digits(c->mem, q);
		const char *like = db_like(c, q);

		if (strlen(digits) >= DIGITS_MIN)
			query_where(&s, "name LIKE ? OR email LIKE ? OR phone LIKE ?", like, like,
				db_like(c, digits));
		else
			query_where(&s, "name LIKE ? OR email LIKE ?", like, like);
	}
	if (after_id != NULL)
		query_where(&s, "created_at <= ? AND (created_at < ? OR id < ?)", after, after,
			after_id);
	query_add(&s, " ORDER BY created_at DESC, id DESC LIMIT ?", limit);
	return query_rows(&s, &CUSTOMER, out);
}

/* ---- rules ---- */

/* As it is stored: E.164 whatever the notation, texts within their columns. */
static int clean(struct ctx *c, struct customer *in)
{
	struct company co;

	in->name = in->name == NULL ? NULL : utf8_cut(c->mem, in->name, NAME_LENGTH);
	if (in->email != NULL && utf8_length(in->email) > EMAIL_LENGTH)
		return err_field(c, "email", "must have at most %d characters", EMAIL_LENGTH);
	if (in->language != NULL && strlen(in->language) > LANGUAGE_LENGTH)
		in->language = NULL;
	if (text_empty(in->phone)) {
		in->phone = NULL;
		return 0;
	}
	const char *e164 = phone_e164(c->mem, in->phone, NULL);

	if (e164 == NULL) {
		if (company_current(c, &co) < 0)
			return -1;
		e164 = phone_e164(c->mem, in->phone, co.country);
	}
	if (e164 == NULL)
		return err_field(c, "phone", "is not a telephone number");
	in->phone = e164;
	return 0;
}

int customer_known(struct ctx *c, const struct customer *in, struct customer *out)
{
	struct customer facts = *in;

	if (in->id != NULL)
		return db_one(
			c, &CUSTOMER, out, "SELECT {cols} FROM customer WHERE id = ?", in->id);
	if (clean(c, &facts) < 0)
		return err_take(c, E_INVALID) ? 0 : -1;
	return facts.phone == NULL ? 0 : customer_find_by_phone(c, facts.phone, out);
}

/* 1 made, 0 when somebody with that number was stored at the same moment. */
static int create(struct ctx *c, const struct customer *in, struct customer *out)
{
	int rc;

	*out = *in;
	out->id = id_new(c);
	out->journey = LEAD;
	out->created_at = c->now;
	rc = db_insert_new(c, &CUSTOMER, out);
	if (rc <= 0)
		return rc;
	if (event_emit(c, EV_CUSTOMER_CREATED, out->id, &CUSTOMER, out) < 0)
		return -1;
	return audit_add(c, "customer.create", "customer", out->id, NULL) < 0 ? -1 : 1;
}

/* Takes over what was unknown; 0, or -1. */
static int fill_in(struct ctx *c, const struct customer *in, struct customer *known)
{
	struct buf fields = buf_new(c->mem, 64);

	if (known->name == NULL && in->name != NULL)
		buf_text_add(&fields, ",name");
	if (known->email == NULL && in->email != NULL)
		buf_text_add(&fields, ",email");
	if (known->language == NULL && in->language != NULL)
		buf_text_add(&fields, ",language");
	if (fields.n == 0)
		return 0;
	if (db_exec(c,
		    "UPDATE customer SET name = COALESCE(name, ?), email = COALESCE(email, ?), "
		    "language = COALESCE(language, ?) WHERE id = ?",
		    in->name, in->email, in->language, known->id) < 0)
		return -1;
	known->name = known->name ? known->name : in->name;
	known->email = known->email ? known->email : in->email;
	known->language = known->language ? known->language : in->language;
	if (event_emit(c, EV_CUSTOMER_UPDATED, known->id, &CUSTOMER, known) < 0)
		return -1;
	return audit_add(c, "customer.update", "customer", known->id, buf_text(&fields) + 1);
}

int customer_of(struct ctx *c, const struct customer *in, struct customer *out)
{
	struct customer facts = *in;
	int rc;

	if (clean(c, &facts) < 0)
		return -1;
	if (facts.phone == NULL)
		return create(c, &facts, out);
	rc = customer_find_by_phone(c, facts.phone, out);
	if (rc == 0) {
		rc = create(c, &facts, out);
		if (rc != 0)
			return rc;
		rc = customer_find_by_phone(c, facts.phone, out);
		if (rc == 0)
			return err_set(c, E_UNAVAILABLE, NULL);
	}
	return rc < 0 ? -1 : fill_in(c, &facts, out);
}

/* ---- by a person ---- */

static int check(struct ctx *c, const struct customer *in)
{
	int rc = 0;

	if (in->name == NULL && in->phone == NULL)
		rc = err_field(c, "name", "is required, unless there is a phone");
	if (in->language != NULL && !text_is_language(in->language))
		rc = err_field(c, "language", "must be a language like de or pt-BR");
	if (in->email != NULL && !text_is_email(in->email))
		rc = err_field(c, "email", "is not an e-mail address");
	return rc;
}

static int duplicate(struct ctx *c)
{
	return err_field_as(c, E_DUPLICATE, "phone", "belongs to another customer");
}

/* Whether the number is free for this customer (id NULL: a new one). */
static int check_phone(struct ctx *c, const char *phone, const char *id)
{
	struct customer other;
	int rc = phone == NULL ? 0 : customer_find_by_phone(c, phone, &other);

	if (rc > 0 && (id == NULL || strcmp(other.id, id) != 0))
		return duplicate(c);
	return rc < 0 ? -1 : 0;
}

int customer_create(struct ctx *c, const struct customer *in, struct customer *out)
{
	struct customer facts = *in;
	int rc;

	if (check(c, &facts) < 0 || clean(c, &facts) < 0)
		return -1;
	if (check_phone(c, facts.phone, NULL) < 0)
		return -1;
	rc = create(c, &facts, out);
	if (rc == 0) /* at the same moment */
		return duplicate(c);
	return rc < 0 ? -1 : 0;
}

int customer_change(struct ctx *c, const char *id, const struct customer *in, uint64_t given,
	struct customer *out)
{
	struct customer was;
	int rc;

	if (db_must(c, db_find_locked(c, &CUSTOMER, id, &was), "customer", id) < 0)
		return -1;
	*out = was;
	table_merge(&CUSTOMER_EDIT, out, in, given);
	if (check(c, out) < 0 || clean(c, out) < 0 || check_phone(c, out->phone, was.id) < 0)
		return -1;
	rc = row_change(c, &CUSTOMER, &was, out);
	if (rc <= 0)
		return rc;
	return event_emit(c, EV_CUSTOMER_UPDATED, out->id, &CUSTOMER, out);
}

int customer_delete(struct ctx *c, const char *id)
{
	struct customer k;
	int rc;

	if (db_must(c, db_find_locked(c, &CUSTOMER, id, &k), "customer", id) < 0)
		return -1;
	rc = visits_to_come(c, k.id);
	if (rc > 0)
		return err_set(c, E_STATE,
			"Visits of this customer are still to come: cancel them first.");
	return rc < 0 ? -1 : row_delete(c, &CUSTOMER, k.id);
}
