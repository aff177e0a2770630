// Plays SendGrid: mail send, and the signed event webhook (processed, then
// delivered; an address that begins with "bounce" bounces). The webhook's
// address is set as at SendGrid; events go to this machine only.
import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { request, sleep } from '../support/http.mjs';
import { misbehave } from './faults.mjs';

const STEP_MS = 50;
const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

export class Sendgrid {
  #store;
  #faults;
  #stepMs;
  #keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  #events = { enabled: false, url: null };
  #running = new Set();
  #stopping = false;

  constructor(store, faults, { stepMs = STEP_MS } = {}) {
    this.#store = store;
    this.#faults = faults;
    this.#stepMs = stepMs;
  }

  routes() {
    const settings = '/sendgrid/v3/user/webhooks/event/settings';
    const guard = (serve) => (req) => (/^Bearer \S+$/.test(req.headers.authorization ?? '') ? serve(req) : error(401, 'authorization required'));

    return [
      ['POST', '/sendgrid/v3/mail/send', guard((req) => this.#send(req))],
      ['GET', '/sendgrid/v3/scopes', guard(() => ({ json: { scopes: ['mail.send'] } }))],
      ['PATCH', settings, guard((req) => this.#configure(req))],
      ['GET', `${settings}/signed`, guard(() => ({ json: { public_key: this.publicKey } }))],
    ];
  }

  get publicKey() {
    return this.#keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  }

  async stop() {
    this.#stopping = true;
    await Promise.allSettled(this.#running);
  }

  #configure(req) {
    const { enabled, url } = JSON.parse(req.body.toString('utf8'));

    if (!URL.canParse(url ?? '') || !LOCAL.includes(new URL(url).hostname)) return error(400, 'url must be on this machine', 'url');
    this.#events = { enabled: enabled === true, url };
    return { json: this.#events };
  }

  async #send(req) {
    await sleep(this.#faults.latency('sendgrid'));
    const fail = this.#faults.take('sendgrid');
    const odd = misbehave(fail, req);

    if (odd !== undefined) return odd;
    if (fail === '500') return error(500, 'an internal error');
    if (fail === '429') return { ...error(429, 'too many requests'), headers: { 'retry-after': '1' } };
    let mail;
    try {
      mail = JSON.parse(req.body.toString('utf8'));
    } catch {
      return error(400, 'Bad Request');
    }
    const wrong = fault(mail);
    if (wrong !== null) return error(400, ...wrong);
    const id = randomBytes(12).toString('base64url');

    this.#keep(mail, id);
    if (fail === 'drop-after-accept') {
      req.socket.destroy();
      return null;
    }
    return { status: 202, text: '', headers: { 'x-message-id': id } };
  }

  #keep(mail, id) {
    const [person] = mail.personalizations;
    const content = (type) => mail.content.find((c) => c.type === type)?.value ?? null;

    this.#store.sent({
      kind: 'email',
      to: person.to.map((t) => t.email).join(', '),
      from: mail.from.name ? `"${mail.from.name}" <${mail.from.email}>` : mail.from.email,
      subject: mail.subject,
      body: content('text/plain'),
      html: content('text/html'),
      attachments: (mail.attachments ?? []).map((a) => ({
        filename: a.filename, content_type: a.type, size: a.content.length, content: Buffer.from(a.content, 'base64').toString('utf8'),
      })),
      sid: id,
    });
    const going = this.#tell(person.to[0].email, id, { ...mail.custom_args, ...person.custom_args })
      .catch((e) => console.error(`sandbox: the events of ${id} were lost: ${e.message}`))
      .finally(() => this.#running.delete(going));
    this.#running.add(going);
  }

  async #tell(email, id, args) {
    const end = email.startsWith('bounce')
      ? { event: 'bounce', type: 'bounce', reason: '550 5.1.1 no such user', status: '5.1.1' }
      : { event: 'delivered', response: '250 2.0.0 OK' };

    for (const event of [{ event: 'processed' }, end]) {
      await sleep(this.#stepMs);
      if (this.#stopping || !this.#events.enabled) return;
      await this.post([{
        email, timestamp: Math.floor(Date.now() / 1000), sg_event_id: randomBytes(9).toString('base64url'), sg_message_id: `${id}.recvd-1-1.0`, ...args, ...event,
      }]);
    }
  }

  /** A batch as SendGrid posts it: CRLF between events and at the end, signed over timestamp and body. */
  async post(events) {
    const body = `[${events.map((e) => JSON.stringify(e)).join(',\r\n')}]\r\n`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const { status } = await request(this.#events.url, {
      method: 'POST',
      body: Buffer.from(body),
      headers: {
        'content-type': 'application/json',
        'x-twilio-email-event-webhook-timestamp': timestamp,
        'x-twilio-email-event-webhook-signature': createSign('SHA256').update(timestamp + body).sign(this.#keys.privateKey, 'base64'),
      },
    });

    if (status >= 300) console.error(`sandbox: events of SendGrid were answered ${status}`);
  }
}

function fault(mail) {
  const to = mail.personalizations?.[0]?.to?.[0]?.email;

  if (!/^\S+@\S+$/.test(to ?? '')) return ['Does not contain a valid address.', 'personalizations.0.to.0.email'];
  if (!/^\S+@\S+$/.test(mail.from?.email ?? '')) return ['The from object must be provided.', 'from'];
  if (!mail.subject) return ['The subject is required.', 'subject'];
  if (!(mail.content?.length > 0) || mail.content.some((c) => !c.value)) return ['The content value must be a string at least one character in length.', 'content'];
  return null;
}

function error(status, message, field = null) {
  return { status, json: { errors: [{ message, field, help: null }] } };
}
