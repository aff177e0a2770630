// POST /retell/v3/list-calls: Retell's typed filters over call objects.
import { refuseFields } from './server.mjs';

const OPERATORS = {
  string: {
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
    sw: (a, b) => String(a).startsWith(b),
    ew: (a, b) => String(a).endsWith(b),
    co: (a, b) => String(a).includes(b),
  },
  number: {
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
    gt: (a, b) => a > b,
    ge: (a, b) => a >= b,
    lt: (a, b) => a < b,
    le: (a, b) => a <= b,
  },
  range: { bt: (a, [low, high]) => a >= low && a <= high },
  enum: { in: (a, list) => list.includes(a) },
  boolean: { eq: (a, b) => a === b },
  present: { pr: (a) => a !== undefined, np: (a) => a === undefined },
};
const ANALYSIS = ['call_successful', 'in_voicemail', 'user_sentiment'];
const PLAIN = ['batch_call_id', 'call_id', 'call_status', 'call_type', 'data_storage_setting', 'direction',
  'disconnection_reason', 'duration_ms', 'start_timestamp', 'end_timestamp', 'from_number', 'to_number'];
const KEYED = {
  metadata: (call) => call.metadata,
  dynamic_variables: (call) => call.retell_llm_dynamic_variables,
  custom_attributes: (call) => call.custom_attributes,
  custom_analysis_data: (call) => call.call_analysis?.custom_analysis_data,
};

/** The page of `calls` that `body` asks for. */
export function listCalls(calls, body) {
  const { filter_criteria: criteria = {}, limit = 50, skip = 0, pagination_key: key } = body;
  const order = body.sort_order ?? 'descending';

  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) refuse('limit', 'must be a number from 1 to 1000');
  if (!Number.isInteger(skip) || skip < 0) refuse('skip', 'must be a number from 0');
  if (!['ascending', 'descending'].includes(order)) refuse('sort_order', 'must be ascending or descending');

  const sign = order === 'ascending' ? 1 : -1;
  const found = calls.filter(matcher(criteria)).sort((a, b) => sign * (a.start_timestamp - b.start_timestamp
    || (a.call_id < b.call_id ? -1 : 1)));
  const from = key === undefined ? skip : after(found, key);
  const items = found.slice(from, from + limit);
  const more = from + limit < found.length;

  return {
    items,
    has_more: more,
    ...(more ? { pagination_key: items.at(-1).call_id } : {}),
    ...(body.include_total === true ? { total: found.length } : {}),
  };
}

function after(found, key) {
  const at = found.findIndex((call) => call.call_id === key);

  if (at < 0) refuse('pagination_key', 'names no call of this list');
  return at + 1;
}

function matcher(criteria) {
  const tests = Object.entries(criteria).map(([name, filter]) => {
    if (name === 'agent') return agentTest(filter);
    if (KEYED[name] !== undefined) return keyedTest(name, filter);
    const value = valueOf(name);
    const holds = operator(name, filter);
    return (call) => holds(value(call));
  });

  return (call) => tests.every((test) => test(call));
}

function valueOf(name) {
  if (PLAIN.includes(name)) return (call) => call[name];
  if (ANALYSIS.includes(name)) return (call) => call.call_analysis?.[name];
  if (name === 'combined_cost') return (call) => call.call_cost?.combined_cost;
  return refuse(`filter_criteria.${name}`, 'is not known here');
}

function agentTest(agents) {
  if (!Array.isArray(agents)) refuse('filter_criteria.agent', 'must be a list');
  return (call) => agents.some((a) => a.agent_id === call.agent_id
    && (a.version === undefined || a.version.includes(call.agent_version)));
}

function keyedTest(name, filters) {
  if (!Array.isArray(filters)) refuse(`filter_criteria.${name}`, 'must be a list');
  const tests = filters.map((filter) => [filter.key, operator(name, filter)]);
  return (call) => tests.every(([key, holds]) => holds(KEYED[name](call)?.[key]));
}

function operator(name, filter) {
  const holds = OPERATORS[filter?.type]?.[filter.op];

  if (holds === undefined) refuse(`filter_criteria.${name}`, 'has an unknown type or op');
  if (['range', 'enum'].includes(filter.type) && !Array.isArray(filter.value)) {
    refuse(`filter_criteria.${name}`, 'needs a list as its value');
  }
  return filter.type === 'present' ? holds : (a) => a !== undefined && holds(a, filter.value);
}

function refuse(field, message) {
  refuseFields([{ field, message }]);
}
