// A stand-in for frontdesk-fcgi: listens on descriptor 0 and answers every
// FastCGI request with the parameters that it got, as JSON, so that tests see
// what nginx passes on and to which pool. /api/health is 200; ?status=N&wait=MS
// answer as they say. TERM, INT and USR1 mean: finish, then exit.
import { createServer } from 'node:net';

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;
const FRAMES = { // of booking pages
  framed: { header: 'X-Frame-Origins: https://www.salon.example https://x.example:8443\r\n' },
  absent: { status: '404' },
  broken: { status: '500' },
};
const open = new Set();
let draining = false;

const server = createServer((socket) => {
  let input = Buffer.alloc(0);
  const request = { params: [], body: 0, paramBytes: [] };

  open.add(socket);
  socket.on('close', () => { open.delete(socket); leaveWhenDone(); });
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    input = Buffer.concat([input, chunk]);
    while (input.length >= 8) {
      const length = input.readUInt16BE(4);
      const whole = 8 + length + input[6];
      if (input.length < whole) return;
      record(socket, request, input[1], input.readUInt16BE(2), input.subarray(8, 8 + length));
      input = input.subarray(whole);
    }
  });
});

function record(socket, request, type, id, content) {
  if (type === BEGIN) request.id = id;
  if (type === PARAMS && content.length > 0) request.paramBytes.push(Buffer.from(content));
  if (type === PARAMS && content.length === 0) request.params = pairs(Buffer.concat(request.paramBytes));
  if (type === STDIN) request.body += content.length;
  if (type === STDIN && content.length === 0) answer(socket, request);
}

/** FastCGI's name-value pairs: lengths of one byte, or of four with the top bit set. */
function pairs(b) {
  const list = [];
  for (let at = 0; at < b.length;) {
    const lengths = [0, 1].map(() => {
      const long = b[at] > 127;
      const n = long ? b.readUInt32BE(at) & 0x7fffffff : b[at];
      at += long ? 4 : 1;
      return n;
    });
    list.push(lengths.map((n) => b.toString('latin1', at, at += n)));
  }
  return list;
}

function answer(socket, { id, params, body }) {
  const { REQUEST_URI } = Object.fromEntries(params);
  const query = new URL(REQUEST_URI, 'http://x').searchParams;
  const [, framed] = /^\/api\/v2\/public\/([^/]+)\/frame$/.exec(REQUEST_URI) ?? [];
  if (framed) console.error(JSON.stringify(params)); // into the log, for nobody is answered
  const status = query.get('status') ?? FRAMES[framed]?.status ?? '200';
  const json = JSON.stringify({ status: 'ok', pool: process.env.FRONTDESK_POOL, pid: process.pid, body, params });
  const reply = Buffer.from(`Status: ${status}\r\nContent-Type: application/json\r\nX-Request-Id: worker\r\n${FRAMES[framed]?.header ?? ''}\r\n${json}`);

  setTimeout(() => {
    for (let at = 0; at < reply.length; at += 65_528) send(socket, STDOUT, id, reply.subarray(at, at + 65_528));
    send(socket, STDOUT, id, Buffer.alloc(0));
    send(socket, END, id, Buffer.alloc(8));
    socket.end();
  }, Number(query.get('wait') ?? 0));
}

function send(socket, type, id, content) {
  const head = Buffer.from([1, type, id >> 8, id & 255, content.length >> 8, content.length & 255, 0, 0]);
  socket.write(Buffer.concat([head, content]));
}

function leaveWhenDone() {
  if (draining && open.size === 0) process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1']) {
  process.on(signal, () => {
    draining = true;
    server.close();
    leaveWhenDone();
  });
}
server.listen({ fd: 0 });
