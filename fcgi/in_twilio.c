#include "fcgi/in_twilio.h"
#include "core/base/text.h"
#include "core/provider/sendgrid.h"
#include "core/provider/twilio.h"
#include "core/sys/conf.h"
#include "core/sys/form.h"

#define HOOK_MAX 64
#define SILENCE "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response/>\n"

/* The address as Twilio knows it: scheme and host are those of the
 * configuration, whatever a proxy forwards. */
static const char *address(struct req *r)
{
	const char *base = r->c.conf->server_public_url;

	if (text_empty(r->query_text))
		return mem_printf(r->c.mem, "%s%s", base, r->path);
	return mem_printf(r->c.mem, "%s%s?%s", base, r->path, r->query_text);
}

static const char *notification_named(struct req *r)
{
	const char *q = r->query_text == NULL ? "" : r->query_text;
	struct form f;

	if (!form_decode(r->c.mem, (struct bytes){(const uint8_t *)q, strlen(q)}, &f))
		return NULL;
	return form_text(&f, "n");
}

static int receive(struct req *r, const char *what)
{
	struct twilio_request in = {
		.method = r->method,
		.url = address(r),
		.type = req_header(r, "content-type"),
		.signature = req_header(r, "x-twilio-signature"),
		.body = r->body,
	};

	if (strlen(r->ids[0]) > HOOK_MAX)
		return err_set(&r->c, E_BAD_SIGNATURE, NULL);
	if (twilio_receive(&r->c, r->ids[0], what, notification_named(r), &in) < 0)
		return -1;
	r->c.wake = true;
	return 0;
}

int in_twilio_status(struct req *r)
{
	return receive(r, "status") < 0 ? -1 : reply_empty(r, 204);
}

/* Nothing is said in answer: to STOP and HELP Twilio itself replies. */
int in_twilio_sms(struct req *r)
{
	if (receive(r, "sms") < 0)
		return -1;
	buf_reset(&r->out);
	buf_text_add(&r->out, SILENCE);
	r->type = "text/xml; charset=utf-8";
	r->status = 200;
	return 0;
}

int in_sendgrid(struct req *r)
{
	const char *signature = req_header(r, "x-twilio-email-event-webhook-signature");
	const char *timestamp = req_header(r, "x-twilio-email-event-webhook-timestamp");

	if (strlen(r->ids[0]) > HOOK_MAX)
		return err_set(&r->c, E_BAD_SIGNATURE, NULL);
	if (sendgrid_receive(&r->c, r->ids[0], signature, timestamp, r->body) < 0)
		return -1;
	r->c.wake = true;
	return reply_empty(r, 204);
}
