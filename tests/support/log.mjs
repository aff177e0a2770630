// What the programs of a private stack wrote down about a request.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const POOLS = ['api', 'login', 'hook', 'talk'];
const TAIL_BYTES = 1 << 20;

/** The end of a log; a line is written before its answer is sent. */
export function logTail(folder, part) {
  const fd = openSync(join(folder, 'log', `${part}.log`));
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, size - buffer.length));
  } finally {
    closeSync(fd);
  }
}

/** The fields of a line of logfmt. */
export function logFields(line) {
  return Object.fromEntries([...line.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\S*)/g)].map(([, k, v]) => [k, v]));
}

/** The line about the request with this id, as fields; undefined when there is none. */
export function requestLog(folder, id) {
  for (const pool of POOLS) {
    const line = logTail(folder, pool).split('\n').find((l) => l.includes(` m=request id=${id} `));
    if (line) return logFields(line);
  }
  return undefined;
}
