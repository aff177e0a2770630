#include "core/provider/post.h"
#include "core/base/text.h"
#include "core/outbound/outbound.h"
#include "core/sys/conf.h"

static bool login_refused(int status)
{
	return status == 530 || status == 534 || status == 535 || status == 538;
}

static struct post fate_of(struct ctx *c, const struct http_answer *a)
{
	bool answered = a->outcome == HTTP_ANSWERED;
	struct post p = {POST_AGAIN, a->error, a->retry_after};

	if (answered && a->status < 400)
		return (struct post){.fate = POST_SENT};
	if (c->put_off_ms == 0 && (a->outcome == HTTP_NOT_SENT || a->outcome == HTTP_UNKNOWN))
		p.error = mem_printf(c->mem, "The mail server did not answer: %.300s", a->error);
	else if (answered)
		p.error = mem_printf(c->mem, "The mail server answered: %.300s",
			text_trim(c->mem, mem_text_n(c->mem, (const char *)a->body.p, a->body.n)));
	if (a->outcome == HTTP_REFUSED ||
		(answered && a->status >= 500 && !login_refused(a->status)))
		p.fate = POST_REFUSED;
	return p;
}

int post_letter(struct ctx *c, struct letter *l, struct post *out)
{
	struct mail mail = {.from = c->conf->smtp_from, .to = l->to};
	struct http_answer answer;

	if (l->from == NULL)
		l->from = mail_address(c, c->conf->smtp_from);
	if (l->from == NULL) {
		*out = (struct post){POST_REFUSED, "smtp.from is not an e-mail address.", 0};
		return 0;
	}
	if (letter_build(c, l, &mail.message) < 0) {
		const char *why = mem_printf(c->mem, "The address in \"%s\" %s.",
			c->err.fields[0].field, c->err.fields[0].message);

		err_clear(c);
		*out = (struct post){POST_REFUSED, why, 0};
		return 0;
	}
	if (outbound_mail(c, &mail, &answer) < 0)
		return -1;
	*out = fate_of(c, &answer);
	return 0;
}
