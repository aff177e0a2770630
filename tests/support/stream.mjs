// Streams of changes as browsers open them: EventSource and WebSocket, told
// from each other by little; and a follower that loses none.
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { sleep } from './http.mjs';

/**
 * Opens an EventSource at base + url. Resolves to {status, messages, ended,
 * close()} as soon as there is an answer; messages gathers what came.
 */
export function openEvents(base, url, { onMessage } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.get(base + url, { agent: false, headers: { Accept: 'text/event-stream' } }, (reply) => {
      const stream = { status: reply.statusCode, headers: reply.headers, messages: [], text: '', close: () => request.destroy() };
      let rest = '';

      stream.ended = new Promise((done) => { reply.on('close', done); });
      reply.setEncoding('utf8').on('error', () => {}).on('data', (text) => {
        stream.text = (stream.text + text).slice(-4096);
        const blocks = (rest + text).split('\n\n');

        rest = blocks.pop();
        for (const block of blocks) {
          const data = /^data: (.*)$/m.exec(block)?.[1];

          if (data === undefined) continue;
          stream.messages.push(JSON.parse(data));
          onMessage?.(stream.messages.at(-1));
        }
      });
      resolve(stream);
    });

    request.on('error', reject);
  });
}

/** The same by a WebSocket (RFC 6455), of which whole frames of text under 64 kB are understood. */
export function openSocket(base, url) {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64');
    const request = http.get(base + url, {
      agent: false,
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': key },
    });

    request.on('error', reject);
    request.on('response', (reply) => { reply.resume(); resolve({ status: reply.statusCode }); });
    request.on('upgrade', (reply, socket) => {
      const stream = { status: reply.statusCode, messages: [], close: () => socket.destroy() };
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      let bytes = Buffer.alloc(0);

      if (reply.headers['sec-websocket-accept'] !== accept) reject(new Error('this is no WebSocket'));
      socket.on('error', () => {}).on('data', (more) => {
        bytes = Buffer.concat([bytes, more]);
        for (;;) {
          if (bytes.length < 2) break;
          const long = bytes[1] === 126;
          const length = long ? (bytes.length < 4 ? Infinity : bytes.readUInt16BE(2)) : bytes[1];
          const start = long ? 4 : 2;

          if (bytes.length < start + length) break;
          if ((bytes[0] & 15) === 1) stream.messages.push(JSON.parse(bytes.subarray(start, start + length).toString()));
          bytes = bytes.subarray(start + length);
        }
      });
      resolve(stream);
    });
  });
}

/**
 * What a browser does, with the least: streams, one after the other, and the
 * list of changes behind the last number. ask(after) and ticket() are requests.
 */
export function follow(base, { ask, ticket, after }) {
  const seen = [];
  let last = after;
  let stream;
  let running = true;

  async function catchUp() {
    for (let more = true; more && running;) {
      const answer = await ask(last);

      if (answer.reset) throw new Error('reset');
      seen.push(...answer.data.map((c) => c.id));
      last = answer.last_id;
      more = answer.has_more;
    }
  }
  async function once() {
    const waiting = [];

    stream = await openEvents(base, await ticket(), { onMessage: (m) => waiting.push(m) });
    if (stream.status !== 200) throw new Error(`the stream answered ${stream.status}`);
    let open = true;
    stream.ended.then(() => { open = false; });
    await catchUp();
    while (open && running) {
      for (const m of waiting.splice(0)) {
        if (m.id === last + 1) { seen.push(m.id); last = m.id; }
        else if (m.id > last) await catchUp();
      }
      await sleep(5);
    }
  }
  const ended = (async () => {
    while (running) await once();
  })();

  return {
    seen,
    cut: () => stream?.close(),
    async stop() {
      running = false;
      stream?.close();
      await ended;
      running = true;
      await catchUp();
      running = false;
    },
  };
}
