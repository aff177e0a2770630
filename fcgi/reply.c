#include "fcgi/req.h"
#include "core/sys/json.h"

const char *req_header(const struct req *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++) {
		if (strcmp(r->headers[i].name, name) == 0)
			return r->headers[i].value;
	}
	return NULL;
}

/* A secret that is shown once stands in no stored answer. */
static struct bytes stored_row(struct req *r, const struct table *t, const void *row)
{
	struct buf b = buf_new(r->c.mem, REPLY_MAX);

	json_row_stored(&b, t, row);
	return (struct bytes){(const uint8_t *)buf_text(&b), b.n};
}

int reply(struct req *r, int status, const struct table *t, const void *row)
{
	buf_reset(&r->out);
	json_row(&r->out, t, row);
	r->stored = table_has(t, ONCE) ? stored_row(r, t, row) : (struct bytes){NULL, 0};
	r->status = status;
	return 0;
}

int reply_empty(struct req *r, int status)
{
	buf_reset(&r->out);
	r->status = status;
	return 0;
}

int reply_rows(struct req *r, const struct table *t, const struct rows *rows, const char *cursor)
{
	buf_reset(&r->out);
	buf_text_add(&r->out, "{\"data\":");
	json_rows(&r->out, t, rows);
	buf_text_add(&r->out, ",\"next_cursor\":");
	if (cursor != NULL)
		json_quote(&r->out, cursor);
	else
		buf_text_add(&r->out, "null");
	buf_char(&r->out, '}');
	r->status = 200;
	return 0;
}

/* The one shape of errors. What a handler left in out (the alternatives of a
 * taken slot: members with a comma in front) is kept inside it. */
void reply_error(struct req *r)
{
	const struct err *e = &r->c.err;
	const char *extra = mem_text(r->c.mem, buf_text(&r->out));

	buf_reset(&r->out);
	r->status = err_status(e->code);
	r->location = NULL;
	r->cookie = NULL;
	r->etag = NULL;
	r->type = NULL;
	r->file = NULL;
	r->live_channel = NULL;
	buf_text_add(&r->out, "{\"status\":\"error\",\"code\":");
	json_quote(&r->out, err_wire(e->code));
	buf_text_add(&r->out, ",\"message\":");
	json_quote(&r->out, e->detail != NULL ? e->detail : err_sentence(e->code));
	buf_text_add(&r->out, ",\"errors\":[");
	for (int i = 0; i < e->n_fields; i++) {
		buf_text_add(&r->out, i > 0 ? ",{\"field\":" : "{\"field\":");
		json_quote(&r->out, e->fields[i].field);
		buf_text_add(&r->out, ",\"message\":");
		json_quote(&r->out, e->fields[i].message);
		buf_char(&r->out, '}');
	}
	buf_char(&r->out, ']');
	if (*extra == ',')
		buf_text_add(&r->out, extra);
	buf_text_add(&r->out, ",\"request_id\":");
	json_quote(&r->out, r->c.request_id);
	buf_char(&r->out, '}');
}
