/*
 * fuzz.h - what the fuzz targets share (libFuzzer, with ASan and UBSan).
 *
 * One program holds all of targets.def and is one of them by its own name:
 * build/fuzz/fuzz_<name>. A target takes bytes and does with them what a
 * request would; what must hold whatever they are is a BUG() when it does not.
 * Nothing is logged, memory is an arena of ARENA_MAX, there is no database.
 */
#ifndef FRONTDESK_FUZZ_H
#define FRONTDESK_FUZZ_H

#include "core/base/ctx.h"
#include "core/base/text.h"
#include "fcgi/route.h"

#define TARGET(name) void fuzz_##name(struct ctx *c, struct bytes in);
#include "tests/fuzz/targets.def"
#undef TARGET

/* Now is 2026-12-01T10:00:00Z. */
#define FUZZ_NOW INT64_C(1796119200000)

/* Takes from the front: a byte (0 at the end), a line without its end, and
 * the rest as text up to the first NUL. */
uint8_t fuzz_byte(struct bytes *in);
const char *fuzz_line(struct ctx *c, struct bytes *in);
const char *fuzz_text(struct ctx *c, struct bytes in);
/* One of the routes for which this holds. */
const struct route *fuzz_pick(struct bytes *in, bool (*fits)(const struct route *k));
/* A file with this content; the same one each time. */
const char *fuzz_file(struct bytes content);

#endif
