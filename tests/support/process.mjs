// Processes of a private stack, found through what run-local wrote down about
// the ones it started, never by name.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** {parent, session, started} of a living process, or null. */
function look(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');

    return /[ZX]/.test(fields[0]) ? null : { pid, parent: Number(fields[1]), session: Number(fields[3]), started: Number(fields[19]) };
  } catch {
    return null;
  }
}

const all = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => look(Number(pid))).filter(Boolean);

export const isAlive = (pid) => look(pid) !== null;

/** The pid that leads a part ("api", "worker", "mariadb" …). */
export function partLeader(stack, part) {
  return Number(readFileSync(join(stack.var, 'pids', part), 'utf8').split(' ')[0]);
}

/** All pids of a part, its leader first. */
export function partMembers(stack, part) {
  const leader = partLeader(stack, part);

  return all().filter((p) => p.session === leader).sort((a, b) => a.started - b.started || a.pid - b.pid).map((p) => p.pid);
}

export function childrenOf(pid) {
  return all().filter((p) => p.parent === pid).map((p) => p.pid);
}

/** True when there was such a process. */
export function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch (e) {
    if (e.code === 'ESRCH') return false;
    throw e;
  }
}
