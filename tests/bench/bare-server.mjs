// The bare limit as a running server: nginx and as many processes of
// build/bare as a pool has, beside the stack whose database they read. Its
// second port leads to whatever listens on `alone`, a single worker's socket.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request, sleep, waitFor } from '../support/http.mjs';
import { partMembers, signal } from '../support/process.mjs';

const BARE = fileURLToPath(new URL('../../build/bare', import.meta.url));
const FASTCGI = fileURLToPath(new URL('../../nginx/snippets/fastcgi.conf', import.meta.url));

const nginxConf = ({ folder, port, socket, alone, workers }) => `
${process.getuid() === 0 ? 'user root;' : ''}
daemon off;
worker_processes ${workers};
pid "${folder}/pid";
error_log "${folder}/error.log" error;
events { worker_connections 4000; }
http {
	client_body_temp_path "${folder}/body";
	fastcgi_temp_path "${folder}/fastcgi";
	proxy_temp_path "${folder}/proxy";
	uwsgi_temp_path "${folder}/uwsgi";
	scgi_temp_path "${folder}/scgi";
	access_log off;
	keepalive_requests 10000;
	client_body_buffer_size 64k;
	set_real_ip_from 127.0.0.1;
	map $http_x_request_id $frontdesk_request_id { default $request_id; }
	include "${FASTCGI}";
	server {
		listen 127.0.0.1:${port} backlog=4096;
		location / { fastcgi_pass "unix:${socket}"; }
	}
	server {
		listen 127.0.0.1:${port + 1} backlog=4096;
		location / { fastcgi_pass "unix:${alone}"; }
	}
}
`;

/** Resolves to {port, alonePort, aloneSocket, stop()}. */
export async function startBare(stack, port) {
  const folder = join(stack.var, 'bare');
  const run = realpathSync(join(stack.var, 'run')); // the shorter path, where there are two
  const socket = join(run, 'bare.sock');
  const alone = join(run, 'alone.sock');
  const conf = join(folder, 'nginx.conf');
  const children = [];
  const errors = [];
  const start = (program, args) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });

    child.on('error', (e) => errors.push(e.message));
    child.stderr.on('data', (text) => errors.push(text));
    children.push(child);
  };
  const stop = async () => {
    process.off('exit', killAll);
    for (const child of children) child.kill('SIGTERM');
    for (let i = 0; i < 100 && children.some((c) => c.exitCode === null && c.signalCode === null); i += 1) await sleep(20);
    killAll();
  };
  const killAll = () => children.forEach((c) => signal(-c.pid, 'SIGKILL')); // with their own children
  // as many processes as the real ones: one leads each, the rest work
  const pool = partMembers(stack, 'api').length - 1;
  const workers = Number(/worker_processes (\d+)/.exec(readFileSync(join(stack.var, 'nginx/nginx.conf'), 'utf8'))[1]);

  mkdirSync(folder, { recursive: true });
  writeFileSync(conf, nginxConf({ folder, port, socket, alone, workers }));
  process.once('exit', killAll);
  const [spawnFcgi, multiwatch] = ['spawn-fcgi', '/usr/bin/multiwatch'];
  start(spawnFcgi, ['-n', '-b', '4096', '-s', socket, '--', multiwatch, '-f', String(pool), '--', BARE, join(run, 'mariadb.sock')]);
  start('nginx', ['-p', `${folder}/`, '-c', conf, '-e', join(folder, 'error.log')]);
  try {
    await waitFor('the bare server', async () => (await request(`http://127.0.0.1:${port}/one?0,`)).status === 204);
  } catch (e) {
    await stop();
    throw new Error(`${e.message}: ${errors.join('')}`);
  }
  return { port, alonePort: port + 1, aloneSocket: alone, pool, stop };
}
