#!/bin/sh
# install.sh BUILD [PORT]: "make install" lays a tree that Frontdesk starts
# from, and keeps what an operator has edited.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
port=${2:-18430}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' INT TERM HUP

fail() {
	echo "install: $*" >&2
	exit 1
}

lay() {
	DESTDIR=$tree/root PREFIX=${1-} systemd/install "$build"
}

lay || fail 'it failed'
for file in usr/lib/frontdesk/frontdesk-fcgi usr/lib/frontdesk/frontdesk-worker usr/bin/frontdeskctl \
	usr/lib/frontdesk/health usr/lib/frontdesk/dump usr/lib/frontdesk/reload-pool; do
	[ -x "$tree/root/$file" ] || fail "$file cannot be run"
done
for file in usr/share/frontdesk/www/index.html usr/share/frontdesk/sql/0001_identity.sql \
	usr/lib/systemd/system/frontdesk@.service usr/lib/systemd/system/frontdesk@talk.service.d/pool.conf \
	usr/lib/systemd/system/frontdesk@api.service.d/pool.conf \
	usr/lib/sysusers.d/frontdesk.conf usr/lib/tmpfiles.d/frontdesk.conf etc/frontdesk/frontdesk.yaml \
	etc/nginx/sites-available/frontdesk.conf etc/nginx/frontdesk-live.conf etc/nginx/frontdesk/realip.conf \
	etc/nginx/frontdesk/limit-zones.conf etc/fail2ban/filter.d/frontdesk.conf \
	etc/fail2ban/jail.d/frontdesk.conf; do
	[ "$(stat -c %a "$tree/root/$file")" = 644 ] || fail "$file is missing or not 644"
done
[ -z "$(find "$tree/root" \( -name '*.part' -o -name '*.new' \) -print)" ] || fail 'something is left over'

# What nginx counts is what the configuration says.
"$tree/root/usr/bin/frontdeskctl" -c "$tree/root/etc/frontdesk/frontdesk.yaml" nginx-limits "$tree" || fail 'nginx-limits failed'
for file in limit-zones.conf limits.conf; do
	cmp "$tree/$file" "$tree/root/etc/nginx/frontdesk/$file" ||
		fail "nginx/snippets/$file is not what frontdeskctl nginx-limits makes"
done

# The same again changes nothing; what was edited stays, with the new one beside.
[ -z "$(lay)" ] || fail 'the second time it said something'
for file in etc/frontdesk/frontdesk.yaml etc/nginx/sites-available/frontdesk.conf etc/nginx/frontdesk/realip.conf \
	etc/nginx/frontdesk/limit-zones.conf; do
	echo '# edited' >>"$tree/root/$file"
done
[ "$(lay | grep -c '^kept ')" = 4 ] || fail 'it did not say that four files are kept'
for file in etc/frontdesk/frontdesk.yaml etc/nginx/sites-available/frontdesk.conf etc/nginx/frontdesk/realip.conf \
	etc/nginx/frontdesk/limit-zones.conf; do
	tail -n 1 "$tree/root/$file" | grep -q '# edited' || fail "$file was overwritten"
	[ -f "$tree/root/$file.new" ] || fail "$file.new is missing"
done

# Everything that the tree has, started from it.
systemd/run-local --port "$port" --var "$tree/var" --prefix "$tree/root" --once-ready-cmd "
	curl -sf http://127.0.0.1:$port/api/health | grep -q '\"database\":\"ok\"' &&
	curl -sf http://127.0.0.1:$port/any/page | cmp -s - '$build/www/index.html'" >"$tree/out" 2>&1 ||
	{ cat "$tree/out"; fail 'it does not run from the tree'; }
grep -q "$tree/root/usr/share/frontdesk/sql" "$tree/var/frontdesk.yaml" || fail 'it ran with other SQL'

# Another prefix is written into whatever names an installed file.
rm -rf "$tree/root"
lay /opt/fd || fail 'it failed with another prefix'
! grep -rE '/usr/(lib|share)/frontdesk' "$tree/root" --include='*.service' --include='*.conf' --include=frontdesk.yaml ||
	fail 'the other prefix is not everywhere'
grep -q '^  sql_dir: "/opt/fd/share/frontdesk/sql"' "$tree/root/etc/frontdesk/frontdesk.yaml" ||
	fail 'the programs would not find their SQL'
grep -q '^  templates_dir: "/opt/fd/share/frontdesk/templates"' "$tree/root/etc/frontdesk/frontdesk.yaml" &&
	[ -f "$tree/root/opt/fd/share/frontdesk/templates/en/appointment.booked.sms.txt" ] ||
	fail 'the programs would not find their texts'
echo 'install: 1 passed, 0 failed'
