// Retell's call object at each stage of a call, made from its plan. The same
// plan always gives the same bytes: timings come from a generator seeded with
// the call's id.
import { createHash } from 'node:crypto';
import { SCRIPTS, tell } from './scripts.mjs';

const AGENT_VERSION = 7;
const CENTS_PER_SECOND = { elevenlabs_tts: 0.1166667, gpt_4_1: 0.0366667 };
const round = (n, digits) => Number(n.toFixed(digits));

/** Numbers from 0 to 1, always the same for one seed. */
function generator(seed) {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);

  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The utterances with word timings in seconds, at a natural pace. */
function utter(plan) {
  const random = generator(plan.call_id);
  let at = 0.2;

  return tell(SCRIPTS[plan.script], plan.language, plan.wish).lines.map(({ role, content }) => {
    at += 0.3 + 0.6 * random();
    const words = content.split(' ').map((word) => {
      const start = at;
      const end = start + 0.1 + 0.05 * word.length * (0.8 + 0.4 * random());
      at = end + 0.02 + 0.06 * random();
      return { word, start, end };
    });
    return { role, content, words };
  });
}

export function naturalDuration(plan) {
  return Math.round((utter(plan).at(-1).words.at(-1).end + 0.8) * 1000);
}

/** The utterances stretched to the length that the plan gives the call. */
export function utterances(plan) {
  const scale = plan.duration_ms / naturalDuration(plan);

  return utter(plan).map((u) => ({
    ...u,
    words: u.words.map(({ word, start, end }) => ({
      word, start: round(start * scale, 3), end: round(end * scale, 3),
    })),
  }));
}

/**
 * The call object. `stage` is call_started, call_ended or call_analyzed;
 * `bulky` false leaves out what list-calls leaves out.
 */
export function callObject(plan, stage, { bulky = true } = {}) {
  const call = started(plan);

  if (stage === 'call_started') return call;
  Object.assign(call, ended(plan));
  if (bulky) Object.assign(call, transcripts(plan));
  if (stage === 'call_analyzed') call.call_analysis = analysis(plan);
  return call;
}

function started(plan) {
  return {
    call_id: plan.call_id,
    call_type: 'phone_call',
    agent_id: plan.agent_id,
    agent_name: plan.agent_name,
    agent_version: AGENT_VERSION,
    call_status: 'ongoing',
    direction: 'inbound',
    from_number: plan.from_number,
    to_number: plan.to_number,
    start_timestamp: plan.start_timestamp,
    data_storage_setting: 'everything',
    opt_in_signed_url: false,
    telephony_identifier: {
      twilio_call_sid: `CA${createHash('md5').update(plan.call_id).digest('hex')}`,
    },
  };
}

function ended(plan) {
  const recordings = `https://recordings.retell.example/${plan.call_id}`;

  return {
    call_status: 'ended',
    end_timestamp: plan.start_timestamp + plan.duration_ms,
    duration_ms: plan.duration_ms,
    disconnection_reason: SCRIPTS[plan.script].disconnection_reason,
    recording_url: `${recordings}/recording.wav`,
    public_log_url: `${recordings}/public.log`,
    latency: latency(plan),
    llm_token_usage: tokens(plan),
    call_cost: cost(plan),
  };
}

function transcripts(plan) {
  const said = utterances(plan);
  const speaker = { agent: 'Agent', user: 'User' };
  const id = `tool_call_${plan.call_id.slice(-6)}`;
  const hangUp = SCRIPTS[plan.script].disconnection_reason === 'agent_hangup' ? [
    { role: 'tool_call_invocation', tool_call_id: id, name: 'end_call', arguments: '{}' },
    { role: 'tool_call_result', tool_call_id: id, content: '', successful: true },
  ] : [];

  return {
    transcript: said.map((u) => `${speaker[u.role]}: ${u.content}\n`).join(''),
    transcript_object: said,
    transcript_with_tool_calls: [...said, ...hangUp],
  };
}

function turns(plan) {
  return SCRIPTS[plan.script].lines[plan.language].filter(([role]) => role === 'agent').length;
}

function latency(plan) {
  const random = generator(`latency ${plan.call_id}`);
  const around = (middle) => {
    const values = Array.from({ length: turns(plan) }, () => Math.round(middle * (0.6 + random())));
    const sorted = [...values].sort((a, b) => a - b);
    const percentile = (p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];

    return {
      p50: percentile(0.5), p90: percentile(0.9), p95: percentile(0.95), p99: percentile(0.99),
      min: sorted[0], max: sorted.at(-1), num: values.length, values,
    };
  };

  return { e2e: around(800), llm: around(420), tts: around(230) };
}

function tokens(plan) {
  const random = generator(`tokens ${plan.call_id}`);
  const values = Array.from({ length: turns(plan) }, (_, n) => 900 + 60 * n + Math.round(40 * random()));

  return {
    values,
    average: round(values.reduce((sum, n) => sum + n, 0) / values.length, 2),
    num_requests: values.length,
  };
}

function cost(plan) {
  const seconds = Math.ceil(plan.duration_ms / 1000);
  const products = Object.entries(CENTS_PER_SECOND).map(([product, unitPrice]) => ({
    product, unit_price: unitPrice, cost: round(unitPrice * seconds, 4),
  }));

  return {
    combined_cost: round(products.reduce((sum, p) => sum + p.cost, 0), 4),
    total_duration_seconds: seconds,
    total_duration_unit_price: round(Object.values(CENTS_PER_SECOND).reduce((a, b) => a + b), 7),
    product_costs: products,
  };
}

function analysis(plan) {
  const script = SCRIPTS[plan.script];

  return {
    call_summary: tell(script, plan.language, plan.wish).summary,
    user_sentiment: script.sentiment,
    call_successful: script.successful,
    in_voicemail: false,
    custom_analysis_data: extracted(plan.wish),
  };
}

/** The fields that the agents are told to extract; what was not said is absent. */
function extracted({ date, time, ...wish }) {
  const data = { ...wish, appointment_date: date, appointment_time: time };

  return Object.fromEntries(Object.entries(data).filter(([, value]) => value != null));
}
