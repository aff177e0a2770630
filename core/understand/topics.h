/*
 * topics.h - the tables of a language that are not about days and times:
 * words that tell the language, what speaks for an intent, what services are
 * called, and what introduces a name.
 */
#ifndef FRONTDESK_TOPICS_H
#define FRONTDESK_TOPICS_H

#include "core/base/prelude.h"

struct stop_word {
	const char *t;
	int weight;
};

enum intent {
	INTENT_BOOK,
	INTENT_CANCEL,
	INTENT_MOVE,
	INTENT_HOURS,
	INTENT_PRICE,
	INTENT_ADDRESS,
	INTENT_PERSON,
	INTENT_MESSAGE,
	INTENT_YES,
	INTENT_NO,
	INTENT_OTHER, /* greetings and all else */
	INTENT_COUNT
};

/* Words in a row ("term*" is any word that begins so, "_" any one word); how
 * much they say, per cent. A negated one says as much against it. */
struct evidence {
	enum intent intent;
	const char *words;
	int weight;
};

/* A phrase for something that many businesses do; the same name in every
 * language. */
struct concept {
	const char *name;
	const char *words;
};

enum cue_kind {
	CUE_NAME,       /* a name follows: "my name is"; value "title": only if a title
	                 * does; "last": only the last name */
	CUE_NAME_WEAK,  /* perhaps: "this is" */
	CUE_NAME_AFTER, /* a name was before: "is my name" */
	CUE_TITLE,      /* "Frau", "Dr." */
	CUE_PARTICLE,   /* within a name: "von der" */
	CUE_NOT_NAME,   /* no part of a name */
	CUE_STAFF,      /* "bei", "with" */
	CUE_ANY_STAFF,
	CUE_LETTER_AS, /* "wie" in "M wie Martha" */
	CUE_SPELLED,   /* "mit" in "Müller mit ü" */
	CUE_DOUBLE,
	CUE_TRIPLE,
	CUE_PLUS,
	CUE_AT,
	CUE_DOT,
	CUE_DASH,
	CUE_UNDERSCORE,
	CUE_PHONE, /* a number follows */
	CUE_EMAIL,
	CUE_NEGATION, /* "not" */
	CUE_CLAUSE,   /* a new clause begins */
	CUE_TOLD,     /* tells of something else than a wish; value: of what, when no
	               * time beside it can be one: "past", "number" */
	CUE_ANY_TIME, /* other times do as well */
	CUE_ASK_NAME, /* what an agent says */
	CUE_ASK_PHONE,
	CUE_ASK_EMAIL,
	CUE_ASK_STAFF,
	CUE_ASK_TIME,
	CUE_OFFER,
	CUE_SAME_TIME, /* as the appointment that there is */
	CUE_FIRST_ONE,
	CUE_SECOND_ONE,
	CUE_LAST_ONE,
	CUE_DIGIT,    /* value: the digit */
	CUE_HUNDRED,  /* two noughts */
	CUE_THEN,     /* between digits */
	CUE_CONFUSED, /* value: spellings of one sound, longest first */
	CUE_LETTER,   /* value: a letter's name, "em" for m */
};

struct cue {
	enum cue_kind kind;
	const char *words;
	const char *value;
};

#endif
