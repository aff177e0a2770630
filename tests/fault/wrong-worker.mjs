// A FastCGI worker that breaks the promise on purpose, so that the tests can
// show that they would notice: `wrong-worker.mjs MODE MARIADB_SOCKET`, with
// its own socket as descriptor 0. After its wrong step it waits for its end.
//   early-answer   says 204, then would store the event
//   two-commits    stores the event, then would store its job and answer
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { encodeAnswer, isWhole, records } from '../support/fcgi.mjs';
import { quote } from '../support/sql.mjs';

const [mode, database] = process.argv.slice(2);

function store(body) {
  const { event, call } = JSON.parse(body);

  execFileSync('mariadb', ['--no-defaults', `--socket=${database}`, '--user=root', 'frontdesk_store', '-e',
    `INSERT INTO inbox_event (id, company_id, provider, dedupe_key, event, external_id, body)
     VALUES (UUID(), 1, 'retell', ${quote(`${event}:${call.call_id}`)}, ${quote(event)}, ${quote(call.call_id)}, ${quote(body)})`]);
}

net.createServer((socket) => {
  let rest = Buffer.alloc(0);
  const got = [];

  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    const read = records(Buffer.concat([rest, chunk]));

    rest = read.rest;
    got.push(...read.found);
    if (!isWhole(got)) return;
    if (mode === 'early-answer') {
      socket.write(encodeAnswer('Status: 204\r\n\r\n'));
    } else {
      store(Buffer.concat(got.filter((r) => r.type === 5).map((r) => r.content)).toString('utf8'));
      console.error('stored');
    }
  });
}).listen({ fd: 0 });
