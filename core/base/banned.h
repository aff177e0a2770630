/*
 * banned.h - C library functions that this code does not call: they have no
 * bound, share hidden state, or bypass the arena. A file with a good reason
 * defines BANNED_ALLOW_ALLOC before the prelude (base/arena.c, wrappers that
 * free what a foreign library allocated).
 */
#ifndef FRONTDESK_BANNED_H
#define FRONTDESK_BANNED_H

#define BANNED(f) this_function_is_banned_##f

#undef strcpy
#define strcpy(a, b) BANNED(strcpy)
#undef strcat
#define strcat(a, b) BANNED(strcat)
#undef strncpy
#define strncpy(a, b, n) BANNED(strncpy)
#undef strncat
#define strncat(a, b, n) BANNED(strncat)
#undef strtok
#define strtok(a, b) BANNED(strtok)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef gets
#define gets(a) BANNED(gets)
#undef atoi
#define atoi(a) BANNED(atoi)
#undef atol
#define atol(a) BANNED(atol)
#undef atof
#define atof(a) BANNED(atof)
#undef gmtime
#define gmtime(a) BANNED(gmtime)
#undef localtime
#define localtime(a) BANNED(localtime)
#undef ctime
#define ctime(a) BANNED(ctime)
#undef asctime
#define asctime(a) BANNED(asctime)
#undef mktime
#define mktime(a) BANNED(mktime)
#undef system
#define system(a) BANNED(system)
#undef popen
#define popen(a, b) BANNED(popen)
#undef rand
#define rand() BANNED(rand)
#undef srand
#define srand(a) BANNED(srand)
#undef setlocale
#define setlocale(a, b) BANNED(setlocale)
#undef setenv
#define setenv(a, b, c) BANNED(setenv)
#undef alloca
#define alloca(a) BANNED(alloca)

#ifndef BANNED_ALLOW_ALLOC
#undef malloc
#define malloc(n) BANNED(malloc)
#undef calloc
#define calloc(n, m) BANNED(calloc)
#undef realloc
#define realloc(p, n) BANNED(realloc)
#undef free
#define free(p) BANNED(free)
#undef strdup
#define strdup(s) BANNED(strdup)
#undef strndup
#define strndup(s, n) BANNED(strndup)
#undef asprintf
#define asprintf(...) BANNED(asprintf)
#endif

#endif
