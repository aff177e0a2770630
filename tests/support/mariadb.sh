#!/bin/sh
# A private MariaDB for tests: its data, socket and log lie in DIR, nothing
# else on the machine is touched. Works as root and as a plain user.
#
#	tests/support/mariadb.sh start DIR   prints the socket's path when ready
#	tests/support/mariadb.sh stop DIR    stops it and removes its data
#
# The first start initialises a data directory and keeps a copy of it under
# build/, from which later ones are made. Root has no password there. Nothing
# is synced to the disk: what is written survives the server's death, not the
# machine's.
set -eu

here=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin
READY_S=60
STOP_S=30

die() {
	echo "mariadb.sh: $*" >&2
	exit 1
}

usage() {
	sed -n '5,6s/^#[[:space:]]*//p' "$0" >&2
	exit 2
}

configure() {
	cat <<-END
	!include $here/sql/frontdesk.cnf
	[mariadbd]
	user = $(id -un)
	datadir = $dir/data
	socket = $dir/mariadb.sock
	pid_file = $dir/mariadb.pid
	log_error = $dir/mariadb.log
	tmpdir = $dir/tmp
	skip_networking
	innodb_buffer_pool_size = 128M
	innodb_log_file_size = 32M
	innodb_flush_method = nosync
	sync_frm = OFF
	max_connections = 300
	performance_schema = OFF
	END
}

# The copy is made beside its place and moved there whole: two starts at a
# time cannot see half of it.
initialise() {
	template=$here/build/mariadb-data-$(mariadbd --version | sed 's/.*Ver \([^ ]*\).*/\1/')
	if [ ! -d "$template" ]; then
		mkdir -p "$here/build"
		fresh=$(mktemp -d "$here/build/mariadb-data.XXXXXX")
		mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$fresh" \
			--auth-root-authentication-method=normal --skip-test-db \
			--innodb-log-file-size=32M > "$dir/install.log" 2>&1 ||
			die "a data directory cannot be made: see $dir/install.log"
		mv -T "$fresh" "$template" 2>/dev/null || rm -rf "$fresh"
	fi
	cp -a "$template" "$dir/data"
}

running() {
	[ -s "$dir/mariadb.pid" ] || return 1
	pid=$(cat "$dir/mariadb.pid")
	tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | grep -qF "$dir/my.cnf"
}

start() {
	mkdir -p "$dir/tmp"
	chmod 700 "$dir"
	[ "$(printf %s "$dir/mariadb.sock" | wc -c)" -lt 104 ] ||
		die "$dir is too long a path for a socket: choose a shorter one"
	if running; then
		die "a server is running in $dir already: stop it first"
	fi
	[ -d "$dir/data/mysql" ] || initialise
	configure > "$dir/my.cnf"
	rm -f "$dir/mariadb.sock"
	setsid mariadbd --defaults-file="$dir/my.cnf" < /dev/null > "$dir/mariadb.out" 2>&1 &
	waited=0
	until mariadb-admin --no-defaults --socket="$dir/mariadb.sock" --user=root ping \
		> /dev/null 2>&1; do
		kill -0 $! 2>/dev/null || die "the server did not start: see $dir/mariadb.log"
		waited=$((waited + 1))
		[ "$waited" -lt $((READY_S * 10)) ] || die "the server is not ready after $READY_S s"
		sleep 0.1
	done
	echo "$dir/mariadb.sock"
}

stop() {
	if running; then
		kill "$pid"
		waited=0
		while kill -0 "$pid" 2>/dev/null; do
			waited=$((waited + 1))
			if [ "$waited" -ge $((STOP_S * 10)) ]; then
				kill -9 "$pid"
				break
			fi
			sleep 0.1
		done
	fi
	rm -rf "$dir/data" "$dir/tmp" "$dir/mariadb.sock" "$dir/mariadb.pid"
}

[ $# -eq 2 ] || usage
mkdir -p "$2"
dir=$(cd "$2" && pwd)
case $1 in
start) start ;;
stop) stop ;;
*) usage ;;
esac
