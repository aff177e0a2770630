// Kill points: the system calls of a worker while it holds one request, and
// a worker that dies on entering any of them (so before it is carried out).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAlone } from '../support/alone.mjs';

const STRACE = '/usr/bin/strace';
const CALL = /^\d+\s+(\w+)\(/;

/** Runs body(worker) with the worker under strace; resolves to the lines strace wrote. */
export async function traced(command, options, body) {
  const folder = mkdtempSync(join(tmpdir(), 'fd-'));
  const log = join(folder, 'trace');

  try {
    const worker = await startAlone([STRACE, '-f', '-qq', '-I2', '-o', log, ...options, ...command]);
    try {
      await body(worker);
    } finally {
      await worker.end();
    }
    return readFileSync(log, 'utf8').split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ACCEPTED = /^\d+\s+accept4?\(.*\) = \d+/;

/** How many connections were accepted in these lines. */
const accepts = (lines) => lines.filter((l) => ACCEPTED.test(l)).length;

/**
 * The points of the n-th request (from 1): [{name, when}], all system calls
 * from its acceptance on until the next wait for a connection.
 */
export function pointsOf(lines, n) {
  const seen = new Map();
  const points = [];
  let accepted = 0;

  for (const line of lines) {
    const name = CALL.exec(line)?.[1];

    if (name === undefined) continue;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    if (ACCEPTED.test(line)) accepted += 1;
    else if (accepted === n) points.push({ name, when: seen.get(name) });
  }
  return points;
}

/**
 * Kills the worker at a point; body(worker) sends the requests. Resolves to
 * whether it was there, and within the n-th request, that it died.
 */
export async function killedAt(command, { name, when }, n, body) {
  const calls = [...new Set([name, 'accept', 'accept4'])];
  const lines = await traced(command, ['-e', `trace=${calls}`, '-e', `inject=${name}:signal=KILL:when=${when}`], body);

  return lines.filter((l) => CALL.exec(l)?.[1] === name).length === when && accepts(lines) === n;
}
