// Starts a whole private Frontdesk for a test: `systemd/run-local` on its own
// port and folder. run-local prints a line beginning with "ready " when every
// part is up, and on SIGTERM stops them all and exits with 0.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;
const KEPT_OUTPUT = 64 << 10;

/**
 * Resolves to {base, sandbox, smtpPort, var, output(), stop()} once everything
 * answers. Without `dir` a folder under the system's temporary one is used and
 * removed by stop(); its path is short because unix sockets live in it.
 */
export async function startStack({ port, env = {}, dir, args = [], program = join(ROOT, 'systemd/run-local'),
  readyWithinMs = READY_WITHIN_MS, stopWithinMs = STOP_WITHIN_MS }) {
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'fd-'));
  const child = spawn(program, ['--port', String(port), '--var', folder, ...args], {
    cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const exited = new Promise((resolve) => {
    child.once('error', (e) => resolve({ error: e.message }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const killOnExit = () => child.kill('SIGTERM');

  process.once('exit', killOnExit);
  exited.then(() => process.off('exit', killOnExit));

  async function stop() {
    child.kill('SIGTERM');
    const end = await within(exited, stopWithinMs);

    if (end === undefined) {
      child.kill('SIGKILL');
      await exited;
      throw new Error(`run-local did not stop within ${stopWithinMs / 1000} s of SIGTERM\n${output.tail()}`);
    }
    if (dir === undefined) rmSync(folder, { recursive: true, force: true });
    if (end.code !== 0) throw new Error(`run-local ended with ${describe(end)}\n${output.tail()}`);
  }

  const outcome = await within(Promise.race([output.ready, exited]), readyWithinMs);
  if (outcome !== 'ready') {
    const why = outcome === undefined ? `was not ready within ${readyWithinMs / 1000} s` : `ended with ${describe(outcome)} before it was ready`;
    await stop().catch(() => {});
    throw new Error(`run-local on port ${port} ${why}\n${output.tail()}`);
  }
  return {
    base: `http://127.0.0.1:${port}`,
    sandbox: `http://127.0.0.1:${port + 1}`,
    smtpPort: port + 2,
    var: folder,
    output: output.tail,
    stop,
  };
}

/** Keeps the last of what a child prints and sees its ready line. */
function collect(child) {
  let kept = '';
  const ready = new Promise((resolve) => {
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      line += text;
      if (/^ready /m.test(line)) resolve('ready');
      line = line.slice(line.lastIndexOf('\n') + 1).slice(-KEPT_OUTPUT);
    });
  });

  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { kept = (kept + text).slice(-KEPT_OUTPUT); });
  }
  return { ready, tail: () => kept };
}

function within(promise, ms) {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, ms); });

  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function describe({ error, code, signal }) {
  return error ?? (signal === null ? `exit code ${code}` : `signal ${signal}`);
}
