#include "core/sys/qr.h"
#include "core/base/buf.h"

#include <qrencode.h>

#define QUIET 4 /* modules around it (ISO/IEC 18004) */
#define SVG_MAX (512u << 10)

static bool dark(const QRcode *q, int x, int y)
{
	return (q->data[y * q->width + x] & 1) != 0;
}

/* A line of the path for each run of dark modules. */
static void put_row(struct buf *b, const QRcode *q, int y)
{
	for (int x = 0; x < q->width; x++) {
		int n = 0;

		while (x + n < q->width && dark(q, x + n, y))
			n++;
		if (n > 0)
			buf_printf(b, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
		x += n;
	}
}

const char *qr_svg(struct ctx *c, const char *text)
{
	struct buf b = buf_new(c->mem, SVG_MAX);
	QRcode *q =
		strlen(text) <= QR_TEXT_MAX ? QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) : NULL;

	if (q == NULL)
		BUG("no QR code of %zu bytes: %s", strlen(text), strerror(errno));
	int side = q->width + 2 * QUIET;

	buf_printf(&b,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
		" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
		"<path d=\"",
		side, side, side, side);
	for (int y = 0; y < q->width; y++)
		put_row(&b, q, y);
	buf_text_add(&b, "\"/></svg>");
	QRcode_free(q);
	if (buf_full(&b))
		BUG("a QR code of more than %u bytes", SVG_MAX);
	return buf_text(&b);
}
