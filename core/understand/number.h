/*
 * number.h - numbers that are one word: in digits, with marks between them,
 * or glued together of words as German does.
 */
#ifndef FRONTDESK_NUMBER_H
#define FRONTDESK_NUMBER_H

#include "core/understand/language.h"
#include "core/understand/said.h"

/* 0 a number, 1 an ordinal ("dritten"), -1 neither. */
int number_of(const struct language *l, const struct word *w, int *v);
/* n bytes of a number in words. */
bool number_words(const struct language *l, const char *t, size_t n, int *v);
/* "14:30", "3.12.", "2026-12-03": up to three numbers and the mark between
 * them; how many, 0: it is not like that. */
size_t number_fields(const char *t, int out[3], char *mark);

#endif
