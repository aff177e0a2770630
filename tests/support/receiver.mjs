// A server that keeps the requests it gets, for tests of whoever sends them.
import http from 'node:http';
import { waitFor } from './http.mjs';

/**
 * `reply(request, n)` gives the status of the n-th request (from 0), or
 * {status, json, headers}, or null to leave it unanswered; 204 without it.
 */
export async function startReceiver(reply = () => 204) {
  const requests = [];
  const server = http.createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const got = { method: req.method, path: req.url, headers: req.headers, body: Buffer.concat(chunks).toString('utf8'), at: Date.now() };
    const n = requests.push(got) - 1;
    const answer = await reply(got, n);

    if (answer === null) return;
    const { status, json, headers } = typeof answer === 'number' ? { status: answer } : { status: 200, ...answer };
    res.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
    res.end(json === undefined ? '' : JSON.stringify(json));
  });

  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    /** Resolves when `count` requests have come. */
    has: (count) => waitFor(`${count} requests`, () => requests.length >= count, { everyMs: 10 }),
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
