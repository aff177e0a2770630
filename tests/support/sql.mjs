// SQL as root on a private stack's database, for tests that look behind the
// programs' backs or prepare much at once.
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

const MAX_OUTPUT = 64 << 20;

/** The value as a literal of MariaDB. */
export function quote(value) {
  if (typeof value === 'number') return String(value);
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * sql(text) runs statements in schema frontdesk_store and resolves to the rows
 * of all their results, as arrays of text (null for NULL).
 */
export function sqlOn(stack, { timeoutMs = 60_000, name = 'mariadb.sock' } = {}) {
  const socket = join(realpathSync(join(stack.var, 'run')), name); // the shorter path, where there are two

  return (text) => new Promise((resolve, reject) => {
    const child = execFile('mariadb', [
      '--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names', '--default-character-set=utf8mb4',
      'frontdesk_store',
    ], { maxBuffer: MAX_OUTPUT, timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error) reject(new Error(`SQL failed: ${stderr.trim() || error.message}`));
      else resolve(rowsOf(stdout));
    });

    child.stdin.on('error', () => {}); // a client that could not connect has closed it: said above
    child.stdin.end(text);
  });
}

function rowsOf(text) {
  const lines = text.split('\n').slice(0, -1);

  return lines.map((line) => line.split('\t').map((v) => (v === 'NULL' ? null : v)));
}
