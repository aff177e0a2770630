#include "core/provider/mail.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/sys/crypto.h"
#include "core/sys/http.h"

#define LETTER_MAX (2u << 20)
#define QP_LINE 75
#define BASE64_LINE 76
#define WORD_BYTES 45 /* 60 characters of base64 in an encoded word of 72 */

/* ---- headers ---- */

static bool plain_ascii(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s < ' ' || *s > '~')
			return false;
	}
	return true;
}

/* Control characters, line ends above all, become blanks. */
static const char *one_line(struct ctx *c, const char *s)
{
	char *p = mem_text(c->mem, s);

	for (char *q = p; *q != '\0'; q++) {
		if ((uint8_t)*q < ' ' || *q == 0x7F)
			*q = ' ';
	}
	return p;
}

/* RFC 2047 section 2: words of at most 75 characters, one a line; a character
 * is never cut in two. */
static void put_encoded(struct buf *b, const char *s)
{
	for (bool first = true; *s != '\0'; first = false) {
		size_t n = strlen(s);

		if (n > WORD_BYTES) {
			n = WORD_BYTES;
			while (((uint8_t)s[n] & 0xC0) == 0x80)
				n--;
		}
		buf_printf(b, "%s=?UTF-8?B?%s?=", first ? "" : "\r\n ",
			base64_encode(b->mem, (struct bytes){(const uint8_t *)s, n}));
		s += n;
	}
}

/* Unstructured text (a subject). What looks like an encoded word is encoded,
 * so that it is read as it was written. */
static void put_text_header(struct ctx *c, struct buf *b, const char *name, const char *value)
{
	value = one_line(c, value);
	buf_printf(b, "%s: ", name);
	if (plain_ascii(value) && strlen(value) <= 66 && strstr(value, "=?") == NULL)
		buf_text_add(b, value);
	else
		put_encoded(b, value);
	buf_text_add(b, "\r\n");
}

/* "Name" <address>; the address was checked. */
static void put_mailbox(
	struct ctx *c, struct buf *b, const char *header, const char *name, const char *address)
{
	buf_printf(b, "%s: ", header);
	if (!text_empty(name)) {
		name = one_line(c, name);
		if (plain_ascii(name) && strpbrk(name, "\"\\") == NULL && strlen(name) <= 60)
			buf_printf(b, "\"%s\"", name);
		else
			put_encoded(b, name);
		buf_text_add(b, "\r\n ");
	}
	buf_printf(b, "<%s>\r\n", address);
}

static void put_date(struct buf *b, ts_t t)
{
	static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const MONTHS[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil v = civil_of_ts(t);

	buf_printf(b, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
		DAYS[day_weekday(day_of(v.year, v.month, v.day)) - 1], v.day, MONTHS[v.month - 1],
		v.year, v.hour, v.minute, v.second);
}

/* ---- bodies ---- */

static bool qp_literal(const char *s)
{
	if (*s == ' ' || *s == '\t')
		return s[1] != '\0' && s[1] != '\n' && s[1] != '\r';
	return *s > ' ' && *s <= '~' && *s != '=';
}

/* Quoted-printable (RFC 2045 section 6.7). */
static void put_quoted(struct buf *b, const char *s)
{
	size_t column = 0;

	for (; *s != '\0'; s++) {
		size_t width = qp_literal(s) ? 1 : 3;

		if (*s == '\r' && s[1] == '\n')
			continue;
		if (*s == '\n') {
			buf_text_add(b, "\r\n");
			column = 0;
			continue;
		}
		if (column + width > QP_LINE) {
			buf_text_add(b, "=\r\n");
			column = 0;
		}
		if (width == 1)
			buf_char(b, *s);
		else
			buf_printf(b, "=%02X", (unsigned)(uint8_t)*s);
		column += width;
	}
	buf_text_add(b, column > 0 ? "\r\n" : "");
}

static void put_base64(struct buf *b, const char *s)
{
	const char *text = base64_encode(b->mem, (struct bytes){(const uint8_t *)s, strlen(s)});

	for (size_t n = strlen(text); n > 0;) {
		size_t line = n < BASE64_LINE ? n : BASE64_LINE;

		buf_add(b, text, line);
		buf_text_add(b, "\r\n");
		text += line;
		n -= line;
	}
}

static void put_text_part(struct buf *b, const char *boundary, const char *type, const char *text)
{
	buf_printf(b,
		"--%s\r\nContent-Type: %s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		boundary, type);
	put_quoted(b, text);
}

static void put_alternatives(struct buf *b, const char *boundary, const struct letter *l)
{
	buf_printf(b, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
	put_text_part(b, boundary, "text/plain", l->text);
	put_text_part(b, boundary, "text/html", l->html);
	buf_printf(b, "--%s--\r\n", boundary);
}

/* "=_" stands in no quoted-printable and no base64 line: a boundary with it
 * cannot come up in a body. */
static void put_body(struct ctx *c, struct buf *b, const struct letter *l)
{
	const char *inner = mem_printf(c->mem, "=_a_%s", l->id);
	const char *outer = mem_printf(c->mem, "=_m_%s", l->id);

	if (l->calendar == NULL) {
		put_alternatives(b, inner, l);
		return;
	}
	buf_printf(
		b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", outer, outer);
	put_alternatives(b, inner, l);
	buf_printf(b,
		"--%s\r\nContent-Type: text/calendar; charset=utf-8; method=PUBLISH\r\n"
		"Content-Disposition: attachment; filename=\"appointment.ics\"\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n",
		outer);
	put_base64(b, l->calendar);
	buf_printf(b, "--%s--\r\n", outer);
}

/* ---- the letter ---- */

static int check_address(struct ctx *c, const char *field, const char *s)
{
	const char *address = mail_address(c, s);

	if (address == NULL || strcmp(address, s) != 0 || !plain_ascii(s))
		return err_field(c, field, "is not an address that mail can be sent to");
	return 0;
}

int letter_build(struct ctx *c, const struct letter *l, struct bytes *out)
{
	struct buf b = buf_new(c->mem, LETTER_MAX);

	if (check_address(c, "from", l->from) < 0 || check_address(c, "to", l->to) < 0)
		return -1;
	if (l->reply_to != NULL && check_address(c, "reply_to", l->reply_to) < 0)
		return -1;
	put_date(&b, l->date);
	put_mailbox(c, &b, "From", l->from_name, l->from);
	put_mailbox(c, &b, "To", NULL, l->to);
	if (l->reply_to != NULL)
		put_mailbox(c, &b, "Reply-To", NULL, l->reply_to);
	put_text_header(c, &b, "Subject", l->subject);
	buf_printf(&b, "Message-ID: <%s%s>\r\n", l->id, strrchr(l->from, '@'));
	put_text_header(c, &b, "Content-Language", l->language);
	buf_text_add(&b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
	put_body(c, &b, l);
	if (buf_full(&b))
		BUG("a letter of more than %u bytes", LETTER_MAX);
	out->p = (const uint8_t *)buf_text(&b);
	out->n = b.n;
	return 0;
}
