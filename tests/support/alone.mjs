// One worker by itself on a socket of its own, beside a stack whose
// configuration and database it uses.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sleep } from './http.mjs';

const PROGRAM = fileURLToPath(new URL('../../build/frontdesk-fcgi', import.meta.url));
const LISTENS_WITHIN_MS = 10_000;

/** Whether somebody listens there; to connect would occupy a worker. */
function listens(socket) {
  return readFileSync('/proc/net/unix', 'latin1').split('\n').some((l) => l.endsWith(` ${socket}`) && l.split(' ')[3] === '00010000');
}

/** Starts `command` (a program and its arguments) with a FastCGI socket as descriptor 0. */
export async function startAlone(command, { env = {}, socket: wanted } = {}) {
  const folder = wanted === undefined ? mkdtempSync(join(tmpdir(), 'fd-')) : undefined;
  const socket = wanted ?? join(folder, 's');
  const child = spawn('spawn-fcgi', ['-n', '-b', '4096', '-s', socket, '--', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env },
  });
  let said = '';
  const exited = new Promise((resolve) => {
    child.once('error', (e) => resolve(e.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const killOnExit = () => child.kill('SIGKILL');

  process.once('exit', killOnExit);
  child.stderr.setEncoding('utf8').on('data', (text) => { said = (said + text).slice(-4096); });
  exited.then(() => process.off('exit', killOnExit));
  for (let waited = 0; !listens(socket); waited += 1) {
    if (waited > LISTENS_WITHIN_MS || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error(`${command[0]} does not listen (${await exited}): ${said}`);
    }
    await sleep(1);
  }
  return {
    socket,
    pid: child.pid,
    exited,
    said: () => said,
    /** Ends it with a signal and removes its socket; resolves to how it ended. */
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      const end = await exited;
      rmSync(folder ?? socket, { recursive: true, force: true });
      return end;
    },
  };
}

export const workerCommand = (stack) => [PROGRAM, '-c', join(stack.var, 'frontdesk.yaml')];

/** Private memory of a process, in kB. */
export function rssAnon(pid) {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
