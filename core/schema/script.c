#include "core/schema/script.h"
#include "core/base/text.h"

#include <fcntl.h>

static ssize_t read_whole(int fd, char *p, size_t cap)
{
	size_t n = 0;
	ssize_t got = 1;

	while (got > 0 && n < cap) {
		got = read(fd, p + n, cap - n);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			n += (size_t)got;
	}
	return got < 0 ? -1 : (ssize_t)n;
}

int script_read(struct ctx *c, const char *folder, const char *name, struct script *out)
{
	const char *path = mem_printf(c->mem, "%s/%s", folder, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (size < 0 || size > SCRIPT_MAX_BYTES || lseek(fd, 0, SEEK_SET) != 0) {
		const char *why = size > SCRIPT_MAX_BYTES ? "it is too large" : strerror(errno);

		if (fd >= 0)
			close(fd);
		return err_set(c, E_INTERNAL, "%s cannot be read: %s.", path, why);
	}
	char *text = mem_alloc(c->mem, (size_t)size + 1);
	ssize_t n = read_whole(fd, text, (size_t)size);

	close(fd);
	if (n < 0 || !utf8_valid(text, (size_t)n))
		return err_set(c, E_INTERNAL, "%s is not a file of UTF-8 text.", path);
	*out = (struct script){mem_text(c->mem, name), text, (size_t)n, 0, 1};
	return 0;
}

/* One past the newline that ends the line at p. */
static size_t line_end(const struct script *s, size_t p)
{
	const char *nl = memchr(s->text + p, '\n', s->n - p);

	return nl == NULL ? s->n : (size_t)(nl - s->text) + 1;
}

static bool line_is_filler(const struct script *s, size_t p)
{
	return p >= s->n || s->text[p] == '\n' || strncmp(s->text + p, "--", 2) == 0;
}

/* Where the first line that is neither empty nor a comment begins. */
static size_t skip_filler(struct script *s, size_t p)
{
	while (p < s->n && line_is_filler(s, p)) {
		p = line_end(s, p);
		s->line++;
	}
	return p;
}

/* The length of the line at p without its newline and trailing blanks. */
static size_t line_length(const struct script *s, size_t p)
{
	size_t n = line_end(s, p) - p;

	while (n > 0 && strchr(" \t\r\n", s->text[p + n - 1]) != NULL)
		n--;
	return n;
}

int script_next(struct ctx *c, struct script *s, struct script_statement *out)
{
	size_t begin = skip_filler(s, s->at);
	int line = s->line;

	if (begin >= s->n) {
		s->at = s->n;
		return 0;
	}
	for (size_t p = begin; p < s->n; p = line_end(s, p)) {
		size_t n = line_length(s, p);

		s->line++;
		if (n == 0 || s->text[p + n - 1] != ';' || !line_is_filler(s, line_end(s, p)))
			continue;
		out->comment = mem_text_n(c->mem, s->text + s->at, begin - s->at);
		out->sql = mem_text_n(c->mem, s->text + begin, p + n - 1 - begin);
		out->line = line;
		s->at = line_end(s, p);
		return 1;
	}
	return err_set(c, E_INTERNAL,
		"%s, line %d: this statement does not end: a line ending in \";\" and an empty "
		"line "
		"are missing.",
		s->name, line);
}

int script_count(struct ctx *c, const struct script *s)
{
	struct script copy = *s;
	struct script_statement one;
	int n = 0, rc;

	while ((rc = script_next(c, &copy, &one)) == 1)
		n++;
	return rc < 0 ? -1 : n;
}
