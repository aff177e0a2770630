# shellcheck shell=bash disable=SC2034
# The generated files under var/.

quoted() { # TEXT -> a YAML or nginx string without its quotes
	REPLY=${1//\\/\\\\}
	REPLY=${REPLY//\"/\\\"}
}

write_frontdesk_yaml() {
	local run secrets sql templates
	quoted "$RUN"; run=$REPLY
	quoted "$VAR/secrets"; secrets=$REPLY
	quoted "$SQL"; sql=$REPLY
	quoted "$TEMPLATES"; templates=$REPLY
	cat >"$CONFIG" <<END
# Made by systemd/run-local at every start.
server:
  public_url: "http://localhost:$PORT"
  run_dir: "$run"
  secrets_dir: "$secrets"
  sql_dir: "$sql"
  templates_dir: "$templates"
  sandbox: true
database:
  socket: "$run/mariadb.sock"
  admin_user: root
twilio:
  url: "http://127.0.0.1:$((PORT + 1))"
retell:
  url: "http://127.0.0.1:$((PORT + 1))/retell"
vapi:
  url: "http://127.0.0.1:$((PORT + 1))/vapi"
calcom:
  url: "http://127.0.0.1:$((PORT + 1))/calcom"
stripe:
  url: "http://127.0.0.1:$((PORT + 1))/stripe"
openai:
  url: "http://127.0.0.1:$((PORT + 1))/openai"
sendgrid:
  url: "http://127.0.0.1:$((PORT + 1))/sendgrid"
telegram:
  url: "http://127.0.0.1:$((PORT + 1))/telegram"
pagerduty:
  url: "http://127.0.0.1:$((PORT + 1))/pagerduty"
smtp:
  url: "smtp://127.0.0.1:$((PORT + 2))"
sandbox:
  url: "http://127.0.0.1:$((PORT + 1))"
live:
  socket: "${LIVE_MODULE:+$run/publish.sock}"
limits:
  factor: $FACTOR
breaker:
  pause_s: 1
END
}

# nginx resolves relative includes beside its configuration file: the snippets
# are linked there.
write_nginx_conf() {
	local module=ngx_http_brotli_static_module.so path load='' on='' user='' ipv6='' trust='' line
	for path in /usr/lib/nginx/modules /usr/lib64/nginx/modules; do
		[[ -f $path/$module ]] && load="load_module $path/$module;" on='brotli_static on;'
	done
	((EUID == 0)) && user='user root;'
	[[ -s /proc/net/if_inet6 ]] && grep -q ' lo$' /proc/net/if_inet6 &&
		ipv6="listen [::1]:$PORT backlog=4096;"
	[[ -n $TRUST ]] && trust="set_real_ip_from $TRUST;"
	local mime=/etc/nginx/mime.types
	[[ -f $mime ]] || mime=$(dirname "$(nginx -V 2>&1 | grep -o 'conf-path=[^ ]*' | cut -d= -f2)")/mime.types
	mkdir -p "$VAR/nginx"
	ln -sfn "$SNIPPETS" "$VAR/nginx/frontdesk"
	while IFS= read -r line; do
		line=${line//@LOAD_BROTLI@/"$load"}
		line=${line//@BROTLI@/"$on"}
		line=${line//@USER@/"$user"}
		line=${line//@LISTEN_IPV6@/"$ipv6"}
		line=${line//@TRUST@/"$trust"}
		line=${line//@MIME_TYPES@/"$mime"}
		line=${line//@PORT@/"$PORT"}
		line=${line//@VAR@/"$VAR"}
		line=${line//@RUN@/"$RUN"}
		line=${line//@WWW@/"$WWW"}
		line=${line//@CSP@/"$CSP"}
		printf '%s\n' "$line"
	done <"$ROOT/nginx/local.conf.in" >"$VAR/nginx/nginx.conf"
}

# The installed file with paths of ours. Without nchan there are no streams.
write_live_conf() {
	local path line
	LIVE_MODULE=''
	for path in /usr/lib/nginx/modules /usr/lib64/nginx/modules; do
		[[ ! -f $path/ngx_nchan_module.so ]] || LIVE_MODULE=$path/ngx_nchan_module.so
	done
	[[ -n $LIVE_MODULE ]] || return 0
	mkdir -p "$VAR/live"
	{
		((EUID != 0)) || echo 'user root;'
		echo 'worker_rlimit_nofile 8192;'
		while IFS= read -r line; do
			line=${line//\/usr\/lib\/nginx\/modules\/ngx_nchan_module.so/"$LIVE_MODULE"}
			case $line in
			*.sock*) line=${line//\/run\/frontdesk-live/"$RUN"} line=${line//\/run\/frontdesk/"$RUN"} ;;
			*) line=${line//\/run\/frontdesk-live/"$VAR/live"} ;;
			esac
			printf '%s\n' "$line"
		done <"$LIVE_CONF"
	} >"$VAR/live/nginx.conf"
}

# Sockets' paths have at most 107 bytes: deep checkouts get a short folder
# elsewhere, and var/run leads to it.
make_run_dir() {
	local LC_ALL=C base
	RUN=$VAR/run
	if ((${#RUN} + ${#LONGEST_SOCKET} > 106)); then
		if [[ -L $RUN && -O $RUN/. ]]; then
			RUN=$(readlink "$RUN")
			return
		fi
		base=${XDG_RUNTIME_DIR:-/tmp}
		[[ -w $base && ${#base} -lt 60 ]] || base=/tmp
		RUN=$(mktemp -d "$base/frontdesk-XXXXXX") || fail "$base takes no folder for the sockets."
		ln -sfn "$RUN" "$VAR/run"
	fi
	mkdir -p "$RUN"
	chmod 700 "$RUN"
}

remove_run_dir() {
	rm -rf "$RUN"
	[[ ! -L $VAR/run ]] || rm -f "$VAR/run"
}
