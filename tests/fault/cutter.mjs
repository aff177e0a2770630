// A small proxy in front of MariaDB's socket that cuts connections at the worst
// moments: before a request reaches the server, or after the server has carried
// it out and before the answer reaches the client; on purpose often at COMMIT.
import { realpathSync, renameSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import { dirname, join } from 'node:path';

const REQUESTS = [0x03, 0x16, 0x17]; // COM_QUERY, COM_STMT_PREPARE (an EXECUTE may follow in one go), COM_STMT_EXECUTE
const HEADER = 4; // of a packet: three bytes of length, and its number

/** How often, of requests: in a transaction, and of commits. */
const CHANCE = { request: 0.005, commit: 0.05 };

export class Cutter {
  constructor(stack) {
    this.path = join(realpathSync(join(stack.var, 'run')), 'mariadb.sock');
    this.name = 'mariadb.sock.behind';
    this.behind = join(dirname(this.path), this.name);
    this.cuts = { 'before a request': 0, 'after a request': 0, 'before COMMIT': 0, 'after COMMIT': 0 };
    this.active = true;
    this.sockets = new Set();
  }

  async start() {
    renameSync(this.path, this.behind);
    this.server = net.createServer((client) => this.serve(client));
    await new Promise((resolve) => { this.server.listen(this.path, resolve); });
  }

  get total() {
    return Object.values(this.cuts).reduce((a, b) => a + b, 0);
  }

  /** No more cuts; what is connected goes on. */
  calm() {
    this.active = false;
  }

  async stop() {
    this.server.close();
    this.sockets.forEach((s) => s.destroy());
    try {
      unlinkSync(this.path);
    } catch (e) {
      if (e.code !== 'ENOENT') throw e;
    }
    renameSync(this.behind, this.path);
  }

  serve(client) {
    const server = net.connect(this.behind);
    const end = () => {
      client.destroy();
      server.destroy();
    };
    let cutAnswer = false;

    for (const s of [client, server]) {
      this.sockets.add(s);
      s.on('close', () => {
        this.sockets.delete(s);
        end();
      });
      s.on('error', end);
    }
    client.on('data', (chunk) => {
      const cut = this.choose(chunk);

      if (cut?.startsWith('before')) end();
      else {
        cutAnswer ||= cut !== undefined;
        server.write(chunk);
      }
    });
    server.on('data', (chunk) => {
      if (cutAnswer) end();
      else client.write(chunk);
    });
  }

  /** What is done to this request, if anything. */
  choose(chunk) {
    const command = chunk[HEADER];

    if (!this.active || chunk.length <= HEADER || !REQUESTS.includes(command)) return undefined;
    const what = chunk.includes('COMMIT') ? 'COMMIT' : 'a request';
    if (Math.random() >= (what === 'COMMIT' ? CHANCE.commit : CHANCE.request)) return undefined;
    const cut = `${Math.random() < 0.5 ? 'before' : 'after'} ${what}`;

    this.cuts[cut] += 1;
    return cut;
  }
}
