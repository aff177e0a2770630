// Puts the simulators, their page and their controls together.
import { sleep } from '../support/http.mjs';
import { Chats } from './chats.mjs';
import { Faults } from './faults.mjs';
import { page } from './page.mjs';
import { Retell } from './retell.mjs';
import { Sendgrid } from './sendgrid.mjs';
import { createServer, readJson, Refusal } from './server.mjs';
import { Smtp } from './smtp.mjs';
import { Store } from './store.mjs';
import { notFound, Twilio } from './twilio.mjs';

const LAST_ANSWERS_MS = 500;

/**
 * Starts everything on 127.0.0.1 and resolves to {url, port, smtpPort,
 * stop()}. `port` and `smtpPort` may be 0; `state` is a directory or absent;
 * the rest are the timings that tests shorten.
 */
export async function startSandbox({ port, smtpPort, webhooks, state, ...timings }) {
  const store = new Store();
  const faults = new Faults();
  const retell = new Retell(store, { webhooks, ...timings });
  const twilio = new Twilio(store, faults, { webhooks, ...timings });
  const sendgrid = new Sendgrid(store, faults, timings);
  const smtp = new Smtp(store, faults);

  if (state !== undefined) store.load(state);
  const ports = { smtp: await smtp.listen(smtpPort) };
  const server = createServer([
    ...retell.routes(),
    ...twilio.routes(),
    ...sendgrid.routes(),
    ...new Chats(store, faults).routes(),
    ...control(store, faults, ports),
  ], missing);
  await listen(server, port).catch((e) => smtp.stop().then(() => { throw e; }));
  ports.http = server.address().port;

  return {
    url: `http://127.0.0.1:${ports.http}`,
    port: ports.http,
    smtpPort: ports.smtp,
    async stop() {
      const closed = new Promise((resolve) => { server.close(resolve); });
      await Promise.all([retell.stop(), twilio.stop(), sendgrid.stop(), smtp.stop()]);
      await Promise.race([closed, sleep(LAST_ANSWERS_MS)]);
      server.closeAllConnections();
      if (state !== undefined) store.save(state);
    },
  };
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function control(store, faults, ports) {
  return [
    ['GET', '/', ({ url }) => page(store, faults, ports, url.searchParams.get('since'))],
    ['GET', '/health', () => ({ json: { status: 'ok', sent: store.messages.size, calls: store.calls.size } })],
    ['GET', '/sent.json', ({ url }) => ({ json: sent(store, url.searchParams.get('since') ?? '0') })],
    ['GET', '/control', () => ({ json: faults.now })],
    ['POST', '/control', (req) => {
      const now = faults.set(readJson(req));
      store.changed();
      return { json: now };
    }],
    ['POST', '/reset', (req) => {
      readJson(req);
      faults.clear();
      store.clear();
      return { json: { status: 'ok', seq: store.messages.seq } };
    }],
  ];
}

function sent(store, since) {
  if (!/^\d{1,15}$/.test(since)) throw new Refusal(400, 'since must be a number from 0.');
  return {
    seq: store.messages.seq,
    messages: store.messages.list().filter((m) => m.seq > Number(since)),
  };
}

function missing(method, path, known) {
  if (path.startsWith('/2010-04-01/')) return notFound(path);
  if (known) throw new Refusal(405, `${method} is not possible on ${path}.`);
  throw new Refusal(404, `There is nothing at ${path}.`);
}
