#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/provider/twilio.h"
#include "core/sys/crypto.h"
#include "core/sys/form.h"

#define TEXT_MAX (12u << 20)
#define SHA1_SIZE 20

static int bytes_order(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return d != 0 ? d : (a.n > b.n) - (a.n < b.n);
}

static int by_name(const void *a, const void *b)
{
	const struct form_pair *x = a, *y = b;
	int d = bytes_order(x->name, y->name);

	return d != 0 ? d : bytes_order(x->value, y->value);
}

/* Name and value of each parameter, in order, equal ones once. */
static bool put_form(struct arena *mem, struct bytes body, struct buf *b)
{
	struct form f;

	if (!form_decode(mem, body, &f))
		return false;
	qsort(f.p, f.n, sizeof(*f.p), by_name);
	for (size_t i = 0; i < f.n; i++) {
		if (i > 0 && by_name(&f.p[i], &f.p[i - 1]) == 0)
			continue;
		buf_add(b, f.p[i].name.p, f.p[i].name.n);
		buf_add(b, f.p[i].value.p, f.p[i].value.n);
	}
	return true;
}

/* The value of bodySHA256 in the address; NULL: there is none. */
static const char *body_digest(struct arena *mem, const char *url)
{
	const char *p = strchr(url, '?');

	while (p != NULL && !text_starts(p + 1, "bodySHA256="))
		p = strchr(p + 1, '&');
	return p == NULL ? NULL : mem_text_n(mem, p + 12, strcspn(p + 12, "&#"));
}

static bool digest_fits(struct arena *mem, const char *digest, struct bytes body)
{
	uint8_t d[SHA256_SIZE];

	sha256(body, d);
	const char *hex = hex_encode(mem, (struct bytes){d, sizeof(d)});

	return secret_same((struct bytes){(const uint8_t *)hex, strlen(hex)},
		(struct bytes){(const uint8_t *)digest, strlen(digest)});
}

static bool is_form(const struct twilio_request *r)
{
	return r->type == NULL ||
		strncasecmp(r->type, "application/x-www-form-urlencoded", 33) == 0;
}

/* ---- addresses that may have been signed ---- */

/* Where host and port end, and where the port begins (at the colon, or the
 * end). */
static void authority(const char *url, size_t *port, size_t *end)
{
	const char *host = strstr(url, "://");

	host = host == NULL ? url : host + 3;
	*end = (size_t)(host - url) + strcspn(host, "/?#");
	*port = *end;
	for (size_t i = (size_t)(host - url); i < *end; i++) {
		if (url[i] == ':')
			*port = i;
	}
}

static const char *with_port(struct arena *mem, const char *url, const char *port)
{
	size_t begin, end;

	authority(url, &begin, &end);
	return mem_printf(mem, "%.*s%s%s", (int)begin, url, port, url + end);
}

static bool signed_as(struct arena *mem, struct bytes token, const char *url, struct bytes params,
	const char *signature)
{
	struct buf b = buf_new(mem, TEXT_MAX);
	uint8_t mac[SHA1_SIZE];

	buf_text_add(&b, url);
	buf_add(&b, params.p, params.n);
	if (buf_full(&b))
		return false;
	hmac_sha1(token, (struct bytes){(const uint8_t *)buf_text(&b), b.n}, mac);
	const char *right = base64_encode(mem, (struct bytes){mac, sizeof(mac)});

	return secret_same((struct bytes){(const uint8_t *)right, strlen(right)},
		(struct bytes){(const uint8_t *)signature, strlen(signature)});
}

const char *twilio_verify(struct arena *mem, struct bytes token, const struct twilio_request *r)
{
	struct buf params = buf_new(mem, TEXT_MAX);
	const char *digest = body_digest(mem, r->url);

	if (r->signature == NULL)
		return "the signature's header is missing";
	if (strcmp(r->method, "GET") != 0) {
		if (digest != NULL && !is_form(r) && !digest_fits(mem, digest, r->body))
			return "the body is not the one of bodySHA256";
		if (digest == NULL && !is_form(r))
			return "the body is no form, and the address has no bodySHA256";
		if (is_form(r) && !put_form(mem, r->body, &params))
			return "the form has too many parameters";
	}
	struct bytes p = {(const uint8_t *)buf_text(&params), params.n};
	const char *urls[] = {r->url, with_port(mem, r->url, ""),
		with_port(mem, r->url, text_starts(r->url, "https:") ? ":443" : ":80")};

	for (size_t i = 0; i < COUNT_OF(urls); i++) {
		if (signed_as(mem, token, urls[i], p, r->signature))
			return NULL;
	}
	return "the signature is another one: check the auth token and the address";
}
