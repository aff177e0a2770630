// Signed Retell events without a conversation behind them, for load and
// faults. (Whole conversations are the sandbox's.)
import { createHmac } from 'node:crypto';

export function retellSignature(key, body, now = Date.now()) {
  return `v=${now},d=${createHmac('sha256', key).update(body).update(String(now)).digest('hex')}`;
}

/** The body of an event; with `bytes`, its transcript brings it to that size; `more` are members of the call. */
export function retellBody({ event = 'call_ended', callId, to = '+493023125001', from = '+4915112345678', agent = 'agent_demo_salon', bytes, more = {} }) {
  const start = Date.now() - 180_000;
  const call = {
    call_id: callId, call_type: 'phone_call', agent_id: agent, agent_version: 7, call_status: event === 'call_started' ? 'ongoing' : 'ended',
    direction: 'inbound', from_number: from, to_number: to, start_timestamp: start,
  };

  if (event !== 'call_started') {
    Object.assign(call, { end_timestamp: start + 118_334, duration_ms: 118_334, disconnection_reason: 'user_hangup', transcript: '' });
  }
  if (event === 'call_analyzed') call.call_analysis = { call_summary: 'The caller asked for the price.', user_sentiment: 'Neutral', custom_analysis_data: { intent: 'price' } };
  Object.assign(call, more);
  if (bytes !== undefined) call.transcript = 'x'.repeat(Math.max(0, bytes - JSON.stringify({ event, call }).length));
  return JSON.stringify({ event, call });
}

/** {method, path, headers, body} of a signed event to a hook; hook null: the address of the platform. */
export function retellRequest({ hook = 'demo-salon', key = 'key_demo_salon', ...event }) {
  const body = retellBody(event);

  return {
    method: 'POST', path: hook === null ? '/webhooks/retell' : `/webhooks/retell/${hook}`,
    headers: { 'Content-Type': 'application/json', 'X-Retell-Signature': retellSignature(key, body) }, body,
  };
}
