#include "core/sys/zip.h"

#include <zip.h>

struct zip_file {
	zip_source_t *target; /* where the archive is written to: memory */
	zip_t *archive;       /* NULL: closed */
};

static int failed(struct ctx *c, zip_error_t *e)
{
	return err_set(c, E_INTERNAL, "A ZIP file cannot be written: %s.", zip_error_strerror(e));
}

static void release(void *arg)
{
	struct zip_file *z = arg;

	if (z->archive != NULL)
		zip_discard(z->archive);
	zip_source_free(z->target);
}

struct zip_file *zip_begin(struct ctx *c)
{
	struct zip_file *z = mem_alloc(c->mem, sizeof(*z));
	zip_error_t e;

	zip_error_init(&e);
	z->target = zip_source_buffer_create(NULL, 0, 0, &e);
	if (z->target == NULL)
		BUG("zip: %s", zip_error_strerror(&e));
	z->archive = zip_open_from_source(z->target, ZIP_TRUNCATE, &e);
	if (z->archive == NULL)
		BUG("zip: %s", zip_error_strerror(&e));
	/* closing and discarding give up one reference */
	zip_source_keep(z->target);
	mem_defer(c->mem, release, z);
	return z;
}

int zip_put(struct ctx *c, struct zip_file *z, const char *name, struct bytes content)
{
	zip_source_t *s = zip_source_buffer(z->archive, content.p, content.n, 0);

	if (s == NULL)
		return failed(c, zip_get_error(z->archive));
	zip_int64_t i = zip_file_add(z->archive, name, s, ZIP_FL_ENC_UTF_8);
	if (i < 0) {
		zip_source_free(s);
		return failed(c, zip_get_error(z->archive));
	}
	if (zip_file_set_mtime(z->archive, (zip_uint64_t)i, (time_t)(c->now.ms / 1000), 0) < 0)
		return failed(c, zip_get_error(z->archive));
	return 0;
}

static int read_all(struct ctx *c, zip_source_t *s, struct bytes *out)
{
	if (zip_source_open(s) < 0 || zip_source_seek(s, 0, SEEK_END) < 0)
		return failed(c, zip_source_error(s));
	zip_int64_t n = zip_source_tell(s);
	uint8_t *p = mem_alloc(c->mem, (size_t)(n < 0 ? 0 : n) + 1);

	if (n < 0 || zip_source_seek(s, 0, SEEK_SET) < 0 ||
		zip_source_read(s, p, (zip_uint64_t)n) != n)
		return failed(c, zip_source_error(s));
	zip_source_close(s);
	*out = (struct bytes){p, (size_t)n};
	return 0;
}

int zip_finish(struct ctx *c, struct zip_file *z, struct bytes *out)
{
	if (zip_close(z->archive) < 0)
		return failed(c, zip_get_error(z->archive));
	z->archive = NULL;
	return read_all(c, z->target, out);
}
