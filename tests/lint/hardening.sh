#!/bin/sh
# hardening.sh BUILD: the programs that are installed are built to be hard to
# break into: position independent, no writable code, no lazy binding, checked
# stacks and buffers, landing pads for indirect calls. Each check is tried on a
# program that is not first.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

pie() { readelf -hW "$1" | grep -q 'Type: *DYN' && readelf -dW "$1" | grep -q 'FLAGS_1.*PIE'; }
relro() { readelf -lW "$1" | grep -q GNU_RELRO && readelf -dW "$1" | grep -qE 'BIND_NOW|FLAGS_1.*NOW'; }
stack_without_code() { readelf -lW "$1" | grep GNU_STACK | grep -q ' RW '; }
code_not_writable() { ! readelf -lW "$1" | grep LOAD | grep -q 'RWE' && ! readelf -dW "$1" | grep -q TEXTREL; }
# Code lies in pages of its own: what is only read cannot be run.
code_apart() { readelf -lW "$1" | grep LOAD | grep -q ' R   *0x'; }
libraries_of_the_system() { ! readelf -dW "$1" | grep -qE 'RPATH|RUNPATH'; }
canaries() { nm -D "$1" | grep -q __stack_chk_fail; }
fortified() { [ "$(nm -D "$1" | grep -cE ' U __(memcpy|memset|snprintf|vsnprintf|fprintf|vfprintf|strncat|read|explicit_bzero)_chk')" -ge 4 ]; }
# Where a function of ours may be jumped to. (That the whole program is so marked
# takes a C library that is, which Debian 12's is not.)
landing_pads() {
	[ "$(uname -m)" != x86_64 ] ||
		[ "$(objdump -d --no-show-raw-insn -j .text "$1" | grep -c endbr64)" -ge 500 ]
}
CHECKS='pie relro stack_without_code code_not_writable code_apart libraries_of_the_system canaries fortified landing_pads'

fail() {
	echo "hardening: $*" >&2
	exit 1
}

cat >"$dir/soft.c" <<'END'
#include <stdio.h>
__asm__(".section .wx,\"awx\",@progbits\n.long 0\n.text");
int main(int argc, char **argv) { char s[64]; sprintf(s, "%d %s", argc, argv[0]); return puts(s); }
END
gcc -O0 -fno-stack-protector -fcf-protection=none -U_FORTIFY_SOURCE -no-pie -z norelro -z lazy \
	-z execstack -z noseparate-code -Wl,-rpath,/tmp -o "$dir/soft" "$dir/soft.c" 2>/dev/null ||
	fail 'the control cannot be built'
for check in $CHECKS; do
	! $check "$dir/soft" || fail "the control was not noticed: $check"
done

for program in frontdesk-fcgi frontdesk-worker frontdeskctl; do
	[ -x "$build/$program" ] || fail "$build/$program is missing: run \"make programs\" first"
	for check in $CHECKS; do
		$check "$build/$program" || fail "$program: $check does not hold"
	done
done
# and so is each object that they are made of
[ "$(uname -m)" != x86_64 ] || for object in $(find "$build/o" -name '*.o'); do
	readelf -nW "$object" | grep -q 'IBT, SHSTK' || fail "$object has no landing pads"
done
echo 'hardening: 1 passed, 0 failed'
