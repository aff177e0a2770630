# Frontdesk. `make run` and `make test` are all most people need; `make help`.

PORT ?= 8080
ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif
# `make V=1` shows every command.
ifneq ($(V),1)
Q := @
endif
B := build

# Debian 12's Node is too old for Vite 8: `deps` then puts a newer one here.
NODE_DIR := var/node/bin
export PATH := $(CURDIR)/$(NODE_DIR):$(PATH)
export npm_config_loglevel ?= error
export npm_config_fund = false
export npm_config_audit = false
export npm_config_update_notifier = false

# ---- what is built from what ------------------------------------------------

CORE := $(wildcard core/*/*.c core/*/*.cc)
CORE := $(filter-out core/worker/main.c,$(CORE))
CTL := $(wildcard fcgi/ctl*.c)
FCGI := $(filter-out fcgi/main.c $(CTL),$(wildcard fcgi/*.c))
UNIT := $(wildcard tests/unit/*.c)
DBT := $(wildcard tests/db/*.c)
WORLDS := $(addprefix tests/unit/,model.c model_maps.c worlds.c worlds_print.c)
SUPPORT := $(wildcard tests/support/*.c)
FUZZ := $(wildcard tests/fuzz/*.c)

PKGS := libcjson libcurl libssl libcrypto yaml-0.1 libjwt icu-i18n icu-uc libical libmariadb libzip libqrencode
# Asked when first needed: `deps` may only just have installed them.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lphonenumber -labsl_time -labsl_time_zone -labsl_strings -lcrypt -lm)$(PKG_LIBS)

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wwrite-strings -Wpointer-arith -Wundef \
	-Wswitch-enum -Werror
WARN_C := -Wstrict-prototypes -Wmissing-prototypes
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	-fno-strict-overflow -fno-delete-null-pointer-checks -fPIE
# Hidden: else a name of ours takes the place of a library's own (json_string is
# jansson's, too, which libjwt calls).
CODEGEN := -g -pthread -fvisibility=hidden
CPPFLAGS_ALL = -I. -D_GNU_SOURCE $(PKG_CFLAGS)
CFLAGS_ALL := -std=gnu17 $(CODEGEN) $(WARN) $(WARN_C)
CXXFLAGS_ALL := -std=c++17 $(CODEGEN) $(WARN)
LDFLAGS_ALL := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed

# (clang 14 wants to be asked twice for it)
ZERO := $(shell $(CC) -ftrivial-auto-var-init=zero -E -x c /dev/null >/dev/null 2>&1 && \
	echo -ftrivial-auto-var-init=zero)
RELEASE := -O2 -D_FORTIFY_SOURCE=3 $(HARDEN) $(ZERO)
ASAN := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
	-DFRONTDESK_TEST -fPIE

# Where coverage leads the fuzzer; of clang, which has one.
CLANG := clang
CLANGXX := clang++
COVERED := -fsanitize=fuzzer-no-link

# Three trees: build/o is what is installed, build/t what tests run (sanitizers,
# and the test clock), build/fuzz the same by clang, which the fuzz targets are
# made of and whose warnings lint wants. $(call objects,TREE,SOURCES)
objects = $(patsubst %,$(B)/$(1)/%.o,$(2))

CORE_O := $(call objects,o,$(CORE))
FCGI_O := $(call objects,o,$(FCGI))
CTL_O := $(call objects,o,$(CTL))
CORE_T := $(call objects,t,$(CORE))
FCGI_T := $(call objects,t,$(FCGI))
CTL_T := $(call objects,t,$(CTL))
# The targets keep quiet: tests/fuzz/main.c has a log of its own.
FUZZ_F := $(call objects,fuzz,$(FUZZ) $(FCGI) $(filter-out core/base/log.c,$(CORE)))
TARGETS := $(shell sed -n 's/^TARGET(\([a-z]*\)).*/\1/p' tests/fuzz/targets.def)

PROGRAMS := $(B)/frontdesk-fcgi $(B)/frontdesk-worker $(B)/frontdeskctl
TEST_PROGRAMS := $(B)/t/frontdesk-fcgi $(B)/t/frontdesk-worker $(B)/t/frontdeskctl

.PHONY: help all deps run demo test lint lint-clang bench long install clean ci \
	format programs test-programs portal node-modules test-unit test-portal test-db

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make deps      install what building, running and testing need (apt, npm)
deps:
	@systemd/deps

## make all       build the programs and the portal into build/
all: programs portal
programs: $(PROGRAMS)
test-programs: $(TEST_PROGRAMS)

$(B)/o/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC  $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(RELEASE) $(CFLAGS) -MMD -MP -c $< -o $@
$(B)/o/%.cc.o: %.cc Makefile
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	$(Q)$(CXX) $(CPPFLAGS_ALL) $(CXXFLAGS_ALL) $(RELEASE) $(CXXFLAGS) -MMD -MP -c $< -o $@
$(B)/t/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC  $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(ASAN) $(CFLAGS) -MMD -MP -c $< -o $@
$(B)/t/%.cc.o: %.cc Makefile
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	$(Q)$(CXX) $(CPPFLAGS_ALL) $(CXXFLAGS_ALL) $(ASAN) $(CXXFLAGS) -MMD -MP -c $< -o $@
$(B)/fuzz/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CLANG  $<"
	$(Q)$(CLANG) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(ASAN) $(COVERED) -MMD -MP -c $< -o $@
$(B)/fuzz/%.cc.o: %.cc Makefile
	@mkdir -p $(@D)
	@echo "  CLANG  $<"
	$(Q)$(CLANGXX) $(CPPFLAGS_ALL) $(CXXFLAGS_ALL) $(ASAN) $(COVERED) -MMD -MP -c $< -o $@

$(B)/frontdesk-fcgi: $(B)/o/fcgi/main.c.o $(FCGI_O) $(CORE_O)
	@echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS_ALL) $(LDFLAGS) $^ $(PKG_LIBS) -lfcgi -o $@
$(B)/frontdesk-worker: $(B)/o/core/worker/main.c.o $(CORE_O)
	@echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS_ALL) $(LDFLAGS) $^ $(PKG_LIBS) -o $@
$(B)/frontdeskctl: $(CTL_O) $(FCGI_O) $(CORE_O)
	@echo "  LINK $@"
	$(Q)$(CXX) $(LDFLAGS_ALL) $(LDFLAGS) $^ $(PKG_LIBS) -lfcgi -o $@
$(B)/t/frontdesk-fcgi: $(B)/t/fcgi/main.c.o $(FCGI_T) $(CORE_T)
	@echo "  LINK $@"
	$(Q)$(CXX) $(ASAN) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -lfcgi -o $@
$(B)/t/frontdesk-worker: $(B)/t/core/worker/main.c.o $(CORE_T)
	@echo "  LINK $@"
	$(Q)$(CXX) $(ASAN) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -o $@
$(B)/t/frontdeskctl: $(CTL_T) $(FCGI_T) $(CORE_T)
	@echo "  LINK $@"
	$(Q)$(CXX) $(ASAN) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -lfcgi -o $@
$(B)/t/unit: $(call objects,t,$(UNIT)) $(CORE_T)
	@echo "  LINK $@"
	$(Q)$(CXX) $(ASAN) $(LDFLAGS_ALL) $^ $(PKG_LIBS) $(shell pkg-config --libs check) -o $@
$(B)/t/db: $(call objects,t,$(DBT) $(SUPPORT) $(WORLDS) tests/unit/server.c) $(FCGI_T) $(CORE_T)
	@echo "  LINK $@"
	$(Q)$(CXX) $(ASAN) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -lfcgi $(shell pkg-config --libs check) -o $@

-include $(shell find $(B)/o $(B)/t $(B)/fuzz -name '*.d' 2>/dev/null)

# ---- portal -------------------------------------------------------------------

$(B)/openapi.json: $(B)/frontdeskctl
	$(Q)$< openapi > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new && touch $@ || mv $@.new $@

PORTAL := $(shell git ls-files -co --exclude-standard frontend 2>/dev/null)

portal: $(B)/www/index.html
$(B)/www/index.html: $(B)/openapi.json $(PORTAL) | node-modules
	@echo "  VITE $(B)/www"
	$(Q)cd frontend && npm run --silent build > ../$(B)/portal.log 2>&1 || { cat ../$(B)/portal.log; exit 1; }
	@touch $@

# Node packages, again when a lock file changed.
node-modules: frontend/node_modules/.installed tests/node_modules/.installed
%/node_modules/.installed: %/package-lock.json
	@echo "  NPM  $*"
	$(Q)cd $* && npm ci --ignore-scripts --silent
	@touch $@

# ---- tests --------------------------------------------------------------------

## make test      every test (short forms); the last line counts them
test: deps all test-programs
	@node tests/run.mjs $(STEPS)

## make long      the full counts of property, race, fault and fuzz tests
long: deps all test-programs
	@LONG=1 node tests/run.mjs $(STEPS)

## make lint      layers, lengths, formatting, units, both compilers
lint: lint-clang programs $(B)/openapi.json node-modules
	@node tests/lint/lint.mjs
	@node tests/lint/config.mjs
	@node tests/lint/readme.mjs
	@sh tests/lint/units.sh
	@sh tests/lint/hardening.sh $(B)
	@cd frontend && npm run --silent lint

# Everything once more with clang, which warns of other things.
lint-clang: $(FUZZ_F) $(call objects,fuzz,fcgi/main.c $(CTL) core/worker/main.c core/base/log.c)

test-unit: $(B)/t/unit
	$(LIGHT) $< 2>&1
test-portal: portal
	cd frontend && npm test

## make ci        what must be green before a change lands
ci: test
	@sh tests/lint/debian-node.sh

format:
	clang-format -i $$(git ls-files '*.c' '*.h' '*.cc')

clean:
	rm -rf $(B)

# ---- measurements and faults ------------------------------------------------

BENCH_CC = $(CC) -I. -D_GNU_SOURCE $(CFLAGS_ALL) -O2 $(CFLAGS)

$(B)/openloop: tests/bench/openloop.c tests/bench/wire.c tests/bench/wire.h Makefile
	@mkdir -p $(@D)
	$(BENCH_CC) $(filter %.c,$^) -o $@
$(B)/bare: tests/bench/bare.c tests/bench/bare_book.c tests/bench/bare_book.h Makefile
	@mkdir -p $(@D)
	$(BENCH_CC) $(shell pkg-config --cflags libmariadb) $(filter %.c,$^) $(shell pkg-config --libs libmariadb) -lfcgi -o $@

.PHONY: bench test-fault fuzz test-fuzz

# One program, which is the target that it is called.
$(B)/fuzz/fuzz: $(FUZZ_F)
	@echo "  LINK $@"
	$(Q)$(CLANGXX) $(ASAN) -fsanitize=fuzzer $(LDFLAGS_ALL) $^ $(PKG_LIBS) -lfcgi -o $@
	@for target in $(TARGETS); do ln -f $@ $(B)/fuzz/fuzz_$$target; done

## make fuzz      every parser of ours, a minute each (FUZZ_SECONDS, FUZZ_TARGETS)
fuzz: $(B)/fuzz/fuzz
	@node tests/fuzz/run.mjs --build $(B)/fuzz --seconds $(or $(FUZZ_SECONDS),60) $(FUZZ_TARGETS)

# The short form.
test-fuzz: $(B)/fuzz/fuzz
	@node tests/fuzz/run.mjs --build $(B)/fuzz --seconds $(if $(LONG),60,10)

## make bench     measure against the bare limit of this machine (build/bench.json, build/bench/)
bench: programs node-modules $(B)/openloop $(B)/bare
	node tests/bench/bench.mjs --port $$(($(PORT) + 20)) $(BENCH_FLAGS)

# The short form; LONG=1 tries every point.
test-fault: programs node-modules
	FAULT_PORT=$$(($(PORT) + 40)) node --test --test-concurrency=1 tests/fault/*.test.mjs

# The runner forks for each test; what the sanitizer keeps of freed memory
# (256 MB) is copied every time.
LIGHT := ASAN_OPTIONS=quarantine_size_mb=8

# ---- tests against the database ---------------------------------------------

test-db: $(B)/t/db $(TEST_PROGRAMS)
	$(LIGHT) tests/db/run $(B)/t/db $(B)/t/frontdeskctl

# ---- running and installing -------------------------------------------------

.PHONY: test-runner

## make run       install what is missing, build, and start everything (PORT=8080)
# In steps, not as prerequisites: each needs what the one before has made.
run:
	@systemd/deps
	@systemd/step build $(MAKE) --no-print-directory all
	@exec systemd/run-local --port $(PORT)

## make demo      let a caller ring the running system (PORT as in make run)
demo:
	@exec node tests/demo.mjs --base http://127.0.0.1:$(PORT) --sandbox http://127.0.0.1:$$(($(PORT) + 1))

## make install   lay programs, portal, units and site into DESTDIR (PREFIX=/usr)
install:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' systemd/install $(B)

test-runner: programs portal node-modules
	node --test --test-reporter=spec --test-concurrency=1 tests/stack/*.test.mjs
	sh tests/lint/install.sh $(B)
