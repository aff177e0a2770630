// A Twilio message: what a request must hold, how many segments a text takes,
// and the resource as the API shows it.
import { randomBytes } from 'node:crypto';

const MAX_BODY = 1_600;
const E164 = /^\+[1-9]\d{6,14}$/;
const SHORT_CODE = /^\d{5,6}$/;
const ALPHANUMERIC = /^(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}$/;
const SERVICE = /^MG[0-9a-f]{32}$/;

const GSM = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡'
  + 'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
const GSM_ESCAPED = new Set('\f^{}\\[~]|€');

// Twilio's documented test numbers, so that a test can ask for a refusal.
const MAGIC_TO = {
  '+15005550001': [21211, (to) => `Invalid 'To' Phone Number: ${to}`],
  '+15005550002': [21612, (to) => `Message cannot be sent with the current combination of 'To' (${to}) and/or 'From' parameters`],
  '+15005550003': [21408, (to) => `Permission to send an SMS or MMS has not been enabled for the region indicated by the 'To' number: ${to}`],
  '+15005550004': [21610, () => 'Attempt to send to unsubscribed recipient'],
  '+15005550009': [21614, (to) => `'To' number: ${to}, is not a valid mobile number`],
};
const MAGIC_FROM = {
  '+15005550001': [21212, (from) => `Invalid From Number (caller ID): ${from}`],
  '+15005550007': [21606, (from) => `The 'From' phone number provided (${from}) is not a valid message-capable Twilio phone number for this destination.`],
  '+15005550008': [21611, (from) => `The 'From' number ${from} has exceeded the maximum number of queued messages.`],
};

/** What is wrong with these form fields: [code, message], or null. */
export function fault(form) {
  const [to, from, service] = ['To', 'From', 'MessagingServiceSid'].map((name) => form.get(name) ?? '');
  const body = form.get('Body') ?? '';

  if (to === '') return [21604, "A 'To' phone number is required."];
  if (from === '' && service === '') return [21603, "A 'From' phone number is required."];
  if (body === '' && !form.has('MediaUrl')) return [21602, 'Message body is required.'];
  if (!E164.test(to)) return [21211, `Invalid 'To' Phone Number: ${to}`];
  if (MAGIC_TO[to]) return [MAGIC_TO[to][0], MAGIC_TO[to][1](to)];
  if (service !== '' && !SERVICE.test(service)) return [21701, 'The Messaging Service does not exist.'];
  if (from !== '' && ![E164, SHORT_CODE, ALPHANUMERIC].some((re) => re.test(from))) {
    return [21212, `Invalid From Number (caller ID): ${from}`];
  }
  if (MAGIC_FROM[from]) return [MAGIC_FROM[from][0], MAGIC_FROM[from][1](from)];
  if (from === to) return [21266, "'To' and 'From' number cannot be the same"];
  if (body.length > MAX_BODY) return [21617, `The concatenated message body exceeds the ${MAX_BODY} character limit`];
  return callbackFault(form.get('StatusCallback'));
}

function callbackFault(url) {
  if (url === null || url === '') return null;
  const wrong = [21609, `The 'StatusCallback' URL ${url} is not a valid URL.`];

  try {
    const { protocol, hostname } = new URL(url);
    return /^https?:$/.test(protocol) && !hostname.includes('_') ? null : wrong;
  } catch {
    return wrong;
  }
}

/** How many SMS a text takes: GSM 03.38 with escapes, else UCS-2. */
export function segments(text) {
  const characters = [...text];
  const gsm = characters.every((c) => GSM.has(c) || GSM_ESCAPED.has(c));
  const weigh = gsm ? (c) => (GSM_ESCAPED.has(c) ? 2 : 1) : (c) => c.length;
  const [single, joined] = gsm ? [160, 153] : [70, 67];
  const weights = characters.map(weigh);

  if (weights.reduce((sum, w) => sum + w, 0) <= single) return 1;
  let count = 1;
  let used = 0;
  for (const weight of weights) {
    if (used + weight > joined) {
      count++;
      used = 0;
    }
    used += weight;
  }
  return count;
}

/** The resource as a create answers it. */
export function createMessage(account, form, now = new Date()) {
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const service = form.get('MessagingServiceSid') || null;
  const from = form.get('From') || null;
  const body = form.get('Body') ?? '';
  const path = `/2010-04-01/Accounts/${account}/Messages/${sid}`;

  return {
    account_sid: account,
    api_version: '2010-04-01',
    body,
    date_created: rfc2822(now),
    date_sent: null,
    date_updated: rfc2822(now),
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from,
    messaging_service_sid: service,
    num_media: String(form.getAll('MediaUrl').length),
    num_segments: service !== null && from === null ? '0' : String(segments(body)),
    price: null,
    price_unit: 'USD',
    sid,
    status: service === null ? 'queued' : 'accepted',
    subresource_uris: { media: `${path}/Media.json` },
    to: form.get('To'),
    uri: `${path}.json`,
  };
}

/** Moves a message on; the first step on the air dates and prices it. */
export function advance(message, status, now = new Date()) {
  message.status = status;
  message.date_updated = rfc2822(now);
  message.date_sent ??= rfc2822(now);
  message.num_segments = String(segments(message.body));
  message.price ??= (-0.0075 * Number(message.num_segments)).toFixed(5);
}

export function rfc2822(date) {
  return date.toUTCString().replace('GMT', '+0000');
}

/** The parameters of a status callback. */
export function statusForm(message) {
  const { sid, status, to, from, account_sid: account, messaging_service_sid: service } = message;

  return {
    SmsSid: sid,
    SmsStatus: status,
    MessageStatus: status,
    To: to,
    ...(service === null ? {} : { MessagingServiceSid: service }),
    MessageSid: sid,
    AccountSid: account,
    ...(from === null ? {} : { From: from }),
    ApiVersion: '2010-04-01',
  };
}
