// The two load generators, and the files of prepared requests they send.
import { execFile } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../../build/', import.meta.url));
const REPLAY = fileURLToPath(new URL('replay.lua', import.meta.url));
const CHUNK = 8 << 20;

/** The bytes of one HTTP/1.1 request. */
export function httpRequest({ method = 'GET', path, headers = {}, body }) {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost'];

  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

/** Writes requests, given by anything iterable, framed as wire.h says. */
export function writeRequests(file, requests) {
  const fd = openSync(file, 'w');
  let chunk = [];
  let size = 0;
  const flush = () => {
    for (let at = 0, all = Buffer.concat(chunk); at < all.length;) at += writeSync(fd, all, at);
    chunk = [];
    size = 0;
  };

  for (const request of requests) {
    chunk.push(Buffer.from(`${request.length}\n`), request);
    size += request.length;
    if (size > CHUNK) flush();
  }
  flush();
  closeSync(fd);
  return file;
}

function run(program, args, timeoutMs) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${args.join(' ')}: ${stderr.trim() || error.message}`));
      else resolve(stdout);
    });
  });
}

/** Closed loop: 32 connections as fast as they are answered; per second. */
export async function throughput({ port, file, seconds, distinct = Infinity }) {
  const out = await run('wrk', ['-t1', '-c32', `-d${seconds}s`, '-s', REPLAY, `http://127.0.0.1:${port}`, '--', file],
    (seconds + 60) * 1000);
  const number = (re) => Number(re.exec(out)?.[1] ?? NaN);
  const failures = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(out);

  if (failures !== null) throw new Error(`requests of ${file} to port ${port} failed: ${failures[0]}`);
  if (number(/^taken (\d+)/m) > distinct) throw new Error(`${file} has only ${distinct} different requests: prepare more`);
  return number(/Requests\/sec: +([\d.]+)/);
}

/** Open loop: {p50, p90, p99, max} in ms and `bad`, answers that were no 2xx or did not come. */
export async function latency({ port, file, rate, seconds, warmUp, connections = 64 }) {
  const count = rate * (seconds + warmUp);
  const out = JSON.parse(await run(join(BUILD, 'openloop'), ['-p', String(port), '-r', String(rate), '-n', String(count),
    '-w', String(rate * warmUp), '-c', String(connections), file], (seconds + warmUp + 30) * 1000));

  return { ...out, count, bad: count - good(out) };
}

/** As many requests as `count`, from 16 connections, as fast as may be. */
export async function exactly({ port, file, count }) {
  const out = JSON.parse(await run(join(BUILD, 'openloop'), ['-p', String(port), '-r', '0', '-n', String(count), '-c', '16', file], 600_000));

  if (good(out) !== count) throw new Error(`${count - good(out)} of ${count} requests of ${file} were not answered 2xx`);
  return out;
}

/** So many requests at once; {status: how often each}. */
export async function answers({ port, file, count, connections }) {
  return JSON.parse(await run(join(BUILD, 'openloop'), ['-p', String(port), '-r', '0', '-n', String(count), '-c', String(connections), file], 120_000));
}

function good({ status }) {
  return Object.entries(status).reduce((n, [s, times]) => n + (s.startsWith('2') ? times : 0), 0);
}
