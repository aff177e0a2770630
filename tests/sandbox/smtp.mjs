// An SMTP server that keeps what it is sent, as a person would read it. It
// takes any log-in or none, without TLS, and delivers nothing.
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { sleep } from '../support/http.mjs';

const MAX_MAIL = 2 << 20;
const MAX_TEXT = 128 << 10;
const CLOSE_WITHIN_MS = 2_000;
const DROPS = ['drop', 'drop-after-accept'];

export class Smtp {
  #store;
  #faults;
  #server;

  constructor(store, faults) {
    this.#store = store;
    this.#faults = faults;
    this.#server = new SMTPServer({
      name: 'sandbox.frontdesk.example',
      banner: 'Frontdesk sandbox',
      authOptional: true,
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      size: MAX_MAIL,
      maxClients: 256,
      socketTimeout: 30_000,
      closeTimeout: CLOSE_WITHIN_MS,
      onAuth: (auth, session, done) => done(null, { user: auth.username ?? 'anyone' }),
      onRcptTo: (address, session, done) => done(this.#refusal()),
      onData: (stream, session, done) => this.#take(stream, session, done),
    });
  }

  /** Resolves to the port. */
  listen(port) {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        this.#server.on('error', (e) => console.error(`sandbox: SMTP: ${e.message}`));
        resolve(this.#server.server.address().port);
      });
    });
  }

  stop() {
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #refusal() {
    if (!['450', '550'].includes(this.#faults.now.smtp.fail)) return null;
    return this.#faults.take('smtp') === '450'
      ? refusal(450, '4.2.1 Mailbox busy, try again later')
      : refusal(550, '5.1.1 No such mailbox');
  }

  async #take(stream, session, done) {
    try {
      const raw = await collect(stream);

      if (raw === null) {
        done(refusal(552, '5.3.4 Message too big'));
        return;
      }
      await sleep(this.#faults.latency('smtp'));
      const mail = await simpleParser(raw, { skipImageLinks: true });
      const drop = DROPS.includes(this.#faults.now.smtp.fail) ? this.#faults.take('smtp') : null;

      if (drop !== 'drop') this.#store.sent(readable(mail, session));
      if (drop === null) done(null, '2.0.0 Kept');
      else this.#hangUp(session);
    } catch (e) {
      done(refusal(554, `5.6.0 Not a readable message: ${e.message}`));
    }
  }

  #hangUp(session) {
    for (const connection of this.#server.connections) {
      if (connection.id === session.id) connection._socket.destroy();
    }
  }
}

function refusal(responseCode, message) {
  return Object.assign(new Error(message), { responseCode });
}

/** The bytes of a message, or null when they are too many. */
async function collect(stream) {
  const chunks = [];

  for await (const chunk of stream) {
    if (stream.sizeExceeded) chunks.length = 0;
    else chunks.push(chunk);
  }
  return stream.sizeExceeded ? null : Buffer.concat(chunks);
}

/** One mail as the list of what was sent shows it. */
function readable(mail, session) {
  return {
    kind: 'email',
    to: session.envelope.rcptTo.map((r) => r.address).join(', '),
    from: mail.from?.text ?? session.envelope.mailFrom.address,
    subject: mail.subject ?? '',
    body: clip(mail.text ?? ''),
    html: mail.html ? clip(mail.html) : null,
    attachments: mail.attachments.map(attachment),
    sid: mail.messageId ?? null,
  };
}

/** Text (a calendar file above all) can be read; anything else is only named. */
function attachment({ filename, contentType, size, content }) {
  const text = /^text\/|^application\/(?:ics|json|xml)\b/.test(contentType) || /\.ics$/i.test(filename ?? '');

  return {
    filename: filename ?? null,
    content_type: contentType,
    size,
    content: text ? clip(content.toString('utf8')) : null,
  };
}

function clip(text) {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
