#include "core/provider/account_letter.h"
#include "core/audit/audit.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/notify/render.h"
#include "core/provider/account_texts.h"
#include "core/provider/post.h"
#include "core/sys/conf.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"
#include "core/tenant/tenant.h"
#include "core/user/account_mail.h"
#include "core/user/invitation.h"
#include "core/user/people.h"

#define PLATFORM "Frontdesk"

struct account_mail {
	enum account_mail_kind kind;
	const char *recipient;
	const char *user_id; /* NULL: that address has no account */
	const char *name;
	const char *locale;
	bool email_verified;
	bool is_void; /* its link */
	bool is_sent; /* it, or enough others */
	ts_t created_at;
	const char *brand; /* of the tenant of his first company; NULL: in none */
	const char *brand_email;
};

static const struct field FIELDS[] = {
	ENUM(account_mail, kind, RO, enum account_mail_kind, MAIL_KINDS),
	TEXT(account_mail, recipient, RO | PERSONAL, 254),
	ID(account_mail, user_id, RO),
	TEXT(account_mail, name, RO | PERSONAL, 120),
	TEXT(account_mail, locale, RO, 16),
	BOOL(account_mail, email_verified, RO),
	BOOL(account_mail, is_void, RO),
	BOOL(account_mail, is_sent, RO),
	TIME(account_mail, created_at, RO),
	TEXT(account_mail, brand, RO, 120),
	TEXT(account_mail, brand_email, RO, 254),
};
static const struct table ACCOUNT_MAIL = TABLE(account_mail, "account_mail", FIELDS);

/* What a letter is made of. */
struct writing {
	const char *id;
	const char *to;
	const char *from; /* NULL: the configuration's */
	const char *from_name;
	const char *link; /* its token; NULL: none */
	ts_t date;
	const struct account_text *text;
	struct message_arg args[8];
	size_t n;
};

/* ---- writing and sending ---- */

/* No dots within words and no slashes: mail programs make links of these. */
static const char *plain_name(struct ctx *c, const char *s)
{
	struct buf b = buf_new(c->mem, 2 * strlen(s) + 1);

	for (; *s != '\0'; s++) {
		buf_char(&b, *s == '/' ? ' ' : *s);
		if (*s == '.' && s[1] != '\0' && s[1] != ' ')
			buf_char(&b, ' ');
	}
	return buf_text(&b);
}

static void put(struct writing *w, const char *name, const char *text)
{
	w->args[w->n++] = (struct message_arg){name, text_empty(text) ? "none" : text, 0};
}

static int send_it(struct ctx *c, struct writing *w)
{
	const struct account_text *t = w->text;
	struct letter l = {.id = w->id,
		.from = w->from,
		.from_name = w->from_name,
		.to = w->to,
		.language = t->language,
		.date = w->date};
	struct post post;

	put(w, "link",
		w->link == NULL ? NULL
				: mem_printf(c->mem, "%s/%s?token=%s", c->conf->server_public_url,
					  t->page, w->link));
	if (locale_message(c, t->language, t->subject, w->args, w->n, &l.subject) < 0 ||
		locale_message(c, t->language, t->text, w->args, w->n, &l.text) < 0)
		return -1;
	l.html = message_html(c, t->language, l.text);
	if (post_letter(c, &l, &post) < 0)
		return -1;
	if (post.fate == POST_SENT)
		return 0;
	c->err.retry_after = post.retry_after;
	return err_set(c, post.fate == POST_REFUSED ? E_INVALID : E_PROVIDER, "%s", post.error);
}

/* ---- letters about accounts ---- */

static bool wanted(const struct account_mail *m)
{
	if (m->is_sent || m->is_void || m->user_id == NULL)
		return false;
	return m->kind != MAIL_VERIFY || !m->email_verified;
}

/* Whether the letter goes to the account's proven address: else nothing in it may
 * be what the person has chosen. */
static bool is_his(const struct account_mail *m)
{
	return m->email_verified && m->kind != MAIL_EMAIL_NEW;
}

struct sent {
	const char *id;
	const struct account_mail *mail;
};

static int sent(struct ctx *c, void *arg)
{
	const struct sent *s = arg;

	if (db_exec(c, "CALL sys_account_mail_sent(?)", s->id) < 0)
		return -1;
	return audit_note(c, "account_mail.send", "user", s->mail->user_id,
		mem_printf(c->mem, "The letter \"%s\".", MAIL_KINDS[s->mail->kind]));
}

static int send_account_mail(struct ctx *c, const char *id)
{
	struct account_mail m;
	struct link l = {.company_id = LINK_NO_COMPANY, .id = id};
	struct sent done = {id, &m};
	int rc = db_one(c, &ACCOUNT_MAIL, &m, "CALL sys_account_mail(?)", id);

	if (rc <= 0 || !wanted(&m))
		return rc < 0 ? -1 : 0;
	struct writing w = {.id = id, .to = m.recipient, .date = m.created_at};
	w.from_name = text_empty(m.brand) ? PLATFORM : m.brand;
	w.from = m.brand_email;
	w.text = account_text_find(MAIL_KINDS[m.kind], m.locale);
	if (w.text->page != NULL)
		w.link = link_token(c, account_mail_purpose(m.kind), &l);
	put(&w, "name", is_his(&m) ? m.name : NULL);
	put(&w, "brand", w.from_name);
	put(&w, "address", m.recipient);
	return send_it(c, &w) < 0 ? -1 : in_tx(c, sent, &done);
}

/* ---- invitations ---- */

static int invited(struct ctx *c, void *id)
{
	return invitation_sent(c, id) < 0 ? -1 : 0;
}

static int send_invitation(struct ctx *c, const char *id)
{
	struct invitation i;
	struct company co;
	struct tenant brand;
	struct colleague inviter = {0};
	struct link l = {.company_id = c->company_id, .id = id};
	int rc = db_find(c, &INVITATION, id, &i);

	if (rc <= 0)
		return rc; /* accepted or revoked meanwhile */
	if (company_current(c, &co) < 0 || brand_current(c, &brand) < 0 ||
		(i.invited_by != NULL && db_find(c, &COLLEAGUE, i.invited_by, &inviter) < 0))
		return -1;
	struct writing w = {.to = i.email, .date = c->now, .from_name = plain_name(c, co.name)};
	w.from = brand.email_from;
	/* one that is sent again is another letter */
	w.id = mem_printf(c->mem, "%s.%" PRId64, id, c->now.ms);
	w.text = account_text_find(TEXT_INVITATION, i.locale != NULL ? i.locale : co.locale);
	w.link = link_token(c, LINK_INVITE, &l);
	put(&w, "company", w.from_name);
	put(&w, "inviter", inviter.name == NULL ? NULL : plain_name(c, inviter.name));
	put(&w, "role", ROLES[i.role]);
	return send_it(c, &w) < 0 ? -1 : in_tx(c, invited, mem_text(c->mem, id));
}

int account_letter_send(struct ctx *c, const char *id)
{
	return c->company == 0 ? send_account_mail(c, id) : send_invitation(c, id);
}
