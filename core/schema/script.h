/*
 * script.h - a file of SQL, read statement by statement.
 *
 * A statement ends at a line that ends in ";" and is followed by an empty
 * line, a comment in column 0 or the end of the file; so a procedure's body
 * needs no delimiter of its own. Comments before a statement belong to it.
 */
#ifndef FRONTDESK_SCRIPT_H
#define FRONTDESK_SCRIPT_H

#include "core/base/ctx.h"

#define SCRIPT_MAX_BYTES (4 * 1024 * 1024)

struct script {
	const char *name; /* of the file, without its folder */
	const char *text;
	size_t n;
	size_t at; /* where the next statement's comments begin */
	int line;  /* of that place, from 1 */
};

struct script_statement {
	const char *comment; /* the lines before it, may be "" */
	const char *sql;     /* without the final ";" */
	int line;            /* where sql begins */
};

/* 0, or -1 with E_INTERNAL and a sentence: missing, too large, no text. */
int script_read(struct ctx *c, const char *folder, const char *name, struct script *out) MUST_USE;
/* 1 the next statement, 0 the end, -1 a statement that does not end. */
int script_next(struct ctx *c, struct script *s, struct script_statement *out) MUST_USE;
/* How many there are, or -1; s stays where it is. */
int script_count(struct ctx *c, const struct script *s) MUST_USE;

#endif
