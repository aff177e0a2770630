// Plays Slack's incoming webhooks, Telegram's Bot API and PagerDuty's Events API,
// as far as messages to people need them.
import { misbehave } from './faults.mjs';

const MAX_SUMMARY = 1_024;
const MAX_TELEGRAM = 4_096;

export class Chats {
  #store;
  #faults;
  #incidents = new Set();

  constructor(store, faults) {
    this.#store = store;
    this.#faults = faults;
  }

  routes() {
    return [
      ['POST', '/services/:team/:bot/:token', (req) => this.#slack(req)],
      ['GET', '/telegram/bot:token/getMe', (req) => this.#telegram(req, () => ({ id: 777, is_bot: true, first_name: 'Frontdesk' }))],
      ['POST', '/pagerduty/v2/enqueue', (req) => this.#pagerduty(req)],
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
    this.#store.sent({ kind: 'slack', to: req.url.pathname, from: null, subject: null, body: body.text, html: null, attachments: [], sid: null, traceparent: req.headers.traceparent ?? null });
    return { status: 200, text: 'ok' };
  }

  /** A repeat of what is open, and the end of what is not, are taken and do nothing. */
  #pagerduty(req) {
    const body = object(req.body);
    const wrong = incidentFaults(body);
    const fail = this.#faults.take('pagerduty');
    const odd = misbehave(fail, req);

    if (odd !== undefined) return odd;
    switch (fail) {
      case '500': return { status: 500, json: { status: 'error', message: 'Internal Server Error' } };
      case '429': return { status: 429, json: { status: 'throttle exceeded', message: 'Requests are throttled' }, headers: { 'retry-after': '1' } };
      case '400': wrong.push('the event is refused'); break;
      default: break;
    }
    if (wrong.length > 0) return { status: 400, json: { status: 'invalid event', message: 'Event object is invalid', errors: wrong } };
    const key = `${body.routing_key}/${body.dedup_key}`;
    const opens = body.event_action === 'trigger';

    if (opens ? !this.#incidents.has(key) : this.#incidents.delete(key)) {
      if (opens) this.#incidents.add(key);
      this.#store.sent({
        kind: 'pagerduty', to: body.routing_key, from: null, subject: body.event_action, body: body.payload?.summary ?? body.dedup_key, html: null, attachments: [], sid: body.dedup_key,
      });
    }
    return { status: 202, json: { status: 'success', message: 'Event processed', dedup_key: body.dedup_key } };
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

function incidentFaults(body) {
  const wrong = [];
  const text = (v, max) => typeof v === 'string' && v !== '' && v.length <= max;

  if (body === null) return ['the body is not JSON'];
  if (!/^[0-9A-Za-z]{32}$/.test(body.routing_key ?? '')) wrong.push("Length of 'routing_key' is incorrect (should be 32 characters)");
  if (!['trigger', 'acknowledge', 'resolve'].includes(body.event_action)) wrong.push("'event_action' is invalid");
  if (!text(body.dedup_key, 255)) wrong.push("'dedup_key' is missing");
  if (body.event_action === 'trigger') {
    if (!text(body.payload?.summary, MAX_SUMMARY)) wrong.push("'payload.summary' is missing or too long");
    if (!text(body.payload?.source, MAX_SUMMARY)) wrong.push("'payload.source' is missing");
    if (!['critical', 'error', 'warning', 'info'].includes(body.payload?.severity)) wrong.push("'payload.severity' is invalid");
  }
  return wrong;
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
