// Plays Slack's incoming webhooks and Telegram's Bot API, as far as messages to
// people need them.
import { misbehave } from './faults.mjs';

const MAX_TELEGRAM = 4_096;

export class Chats {
  #store;
  #faults;

  constructor(store, faults) {
    this.#store = store;
    this.#faults = faults;
  }

  routes() {
    return [
      ['POST', '/services/:team/:bot/:token', (req) => this.#slack(req)],
      ['GET', '/telegram/bot:token/getMe', (req) => this.#telegram(req, () => ({ id: 777, is_bot: true, first_name: 'Frontdesk' }))],
      ['POST', '/telegram/bot:token/sendMessage', (req) => this.#telegram(req, () => this.#message(req))],
    ];
  }

  #slack(req) {
    const body = object(req.body);
    const fail = this.#faults.take('slack');
    const odd = misbehave(fail, req);

    if (odd !== undefined) return odd;
    switch (fail) {
      case '500': return { status: 500, text: 'rollup_error' };
      case '429': return { status: 429, text: '', headers: { 'retry-after': '1' } };
      case '404': return { status: 404, text: 'no_service' };
      default: break;
    }
    if (body === null) return { status: 400, text: 'invalid_payload' };
    if (typeof body.text !== 'string' || body.text === '') return { status: 400, text: 'no_text' };
    this.#store.sent({ kind: 'slack', to: req.url.pathname, from: null, subject: null, body: body.text, html: null, attachments: [], sid: null });
    return { status: 200, text: 'ok' };
  }

  #telegram(req, serve) {
    if (!/^\d+:[\w-]+$/.test(req.params.token)) return refusal(404, 'Not Found');
    const fail = this.#faults.take('telegram');
    const odd = misbehave(fail, req);

    if (odd !== undefined) return odd;
    switch (fail) {
      case '500': return refusal(500, 'Internal Server Error');
      case '429': return { status: 429, json: { ok: false, error_code: 429, description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } } };
      case '403': return refusal(403, 'Forbidden: bot was blocked by the user');
      default: break;
    }
    const result = serve();
    return result.status !== undefined ? result : { json: { ok: true, result } };
  }

  #message(req) {
    const body = object(req.body);

    if (body?.chat_id === undefined) return refusal(400, 'Bad Request: chat_id is empty');
    if (typeof body.text !== 'string' || body.text === '') return refusal(400, 'Bad Request: message text is empty');
    if (body.text.length > MAX_TELEGRAM) return refusal(400, 'Bad Request: message is too long');
    const { seq } = this.#store.sent({
      kind: 'telegram', to: String(body.chat_id), from: null, subject: null, body: body.text, html: null, attachments: [], sid: null,
    });
    return { message_id: seq, chat: { id: Number(body.chat_id) }, date: Math.floor(Date.now() / 1000), text: body.text };
  }
}

function object(bytes) {
  try {
    const value = JSON.parse(bytes.toString('utf8'));

    return value !== null && typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function refusal(status, description) {
  return { status, json: { ok: false, error_code: status, description } };
}
