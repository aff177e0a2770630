# shellcheck shell=bash disable=SC2034
# The parts, in the order in which they start.

start_mariadb() {
	local user=()
	((EUID == 0)) && user=(--user=root)
	# Relative, because mariadb-install-db cannot do with blanks in a path;
	# under another name until it is whole. --force: with any host name.
	if [[ ! -d $VAR/mariadb ]]; then
		rm -rf "$VAR/mariadb.new"
		task mariadb-install-db --no-defaults --force --datadir=./mariadb.new --skip-test-db \
			--auth-root-authentication-method=normal "${user[@]}" ||
			fail 'MariaDB could not set up its folder.' task
		mv "$VAR/mariadb.new" "$VAR/mariadb"
	fi
	printf '!include %s/frontdesk.cnf\n' "$SQL" >"$VAR/mariadb.cnf"
	part_start mariadb mariadbd --defaults-file="$VAR/mariadb.cnf" --datadir="$VAR/mariadb" \
		--socket="$RUN/mariadb.sock" --pid-file="$RUN/mariadb.pid" --skip-networking \
		--innodb-buffer-pool-size=256M "${user[@]}"
}

wait_mariadb() {
	local i
	for ((i = 0; i < 600; i++)); do
		part_alive mariadb || fail 'MariaDB ended.' mariadb
		if [[ -S $RUN/mariadb.sock ]]; then
			mariadb-admin --no-defaults --socket="$RUN/mariadb.sock" --user=root ping \
				>/dev/null 2>&1 && return
		fi
		pause 0.05
	done
	fail 'MariaDB did not answer within 30 s.' mariadb
}

# spawn-fcgi wants the whole path of what it runs. Signals stop multiwatch and, through it, its workers after their request;
# -r: it starts a worker again however often it died.
start_pool() { # POOL WORKERS [NICE]
	part_start "$1" nice -n "${3:-0}" env FRONTDESK_POOL="$1" \
		spawn-fcgi -n -b 4096 -s "$RUN/$1.sock" -M 0600 -- \
		"$(command -v multiwatch)" -f "$2" -r 1000000 -- "$FCGI" -c "$CONFIG"
}

start_part() { # PART
	case $1 in
	mariadb) start_mariadb ;;
	sandbox)
		part_start sandbox node "$ROOT/tests/sandbox/main.mjs" --port $((PORT + 1)) \
			--smtp-port $((PORT + 2)) --webhooks "http://127.0.0.1:$PORT"
		;;
	api | hook) start_pool "$1" 4 ;;
	login) start_pool login 2 10 ;; # a password takes 180 ms of a core
	talk) start_pool talk 2 ;;
	live)
		# What one leaves behind that was killed could not be opened again.
		rm -f "$RUN/subscribe.sock" "$RUN/authorize.sock" "$RUN/publish.sock"
		part_start live nginx -p "$VAR/live/" -c "$VAR/live/nginx.conf" -e stderr
		;;
	worker) part_start worker "$WORKER" -c "$CONFIG" --stay ;;
	nginx) part_start nginx nginx -p "$VAR/nginx/" -c "$VAR/nginx/nginx.conf" -e "$VAR/log/nginx-error.log" ;;
	esac
}

# Up means: health is 200 through nginx (so the pool, the database and nginx
# work), and nothing that was started has ended.
wait_ready() { # SECONDS
	local i part status=000
	for ((i = 0; i < $1 * 20; i++)); do
		status=$(curl -s -o /dev/null -m 2 --noproxy '*' -w '%{http_code}' \
			"http://127.0.0.1:$PORT/api/health")
		[[ $status == 200 ]] && (exec 3<>"/dev/tcp/127.0.0.1/$((PORT + 1))") 2>/dev/null && return
		for part in "${PARTS[@]}"; do
			part_alive "$part" || fail "$part ended." "$part"
		done
		pause 0.05
	done
	[[ $status == 200 ]] && fail "the sandbox does not answer on port $((PORT + 1))." sandbox
	[[ $status == 000 ]] && fail "nginx does not answer on port $PORT." nginx-error
	fail "GET /api/health answered $status for $1 s." api
}

# A part that ended is started again, as systemd would; one that ends again
# and again ends everything.
watch_parts() {
	local part
	declare -A times=()
	while pause 0.5; do
		for part in "${PARTS[@]}"; do
			part_alive "$part" && continue
			part_stop "$part" 3
			((times[$part] = ${times[$part]:-0} + 1))
			((times[$part] <= 20)) || fail "$part ended again and again." "$part"
			say "$part ended; it is started again (see $VAR/log/$part.log)"
			start_part "$part"
		done
	done
}
