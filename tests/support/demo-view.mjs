// How the demo looks on a terminal. Colours only where they are wanted.
const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint('1');
export const dim = paint('2');
export const green = paint('32');
const cyan = paint('36');
const yellow = paint('33');

export function say(text = '') {
  console.log(text);
}

export function heading(text) {
  say(`\n${bold(text)}`);
}

export function fact(name, value) {
  say(`  ${dim(name.padEnd(12))} ${value}`);
}

export function spokenLine({ role, content }) {
  say(`  ${role === 'agent' ? cyan('agent ') : yellow('caller')}  ${content}`);
}

export function delivery({ event, status, attempts, error }) {
  const tries = attempts === 1 ? '' : ` after ${attempts} attempts`;

  say(dim(`  → webhook ${event}: ${status ?? error}${tries}`));
}

/** "Tue 1 Dec 2026, 14:30" from "2026-12-01T14:30". */
export function localTime(local) {
  const date = new Date(`${local.slice(0, 16)}:00Z`);
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
  }).format(date);

  return `${day.replace(',', '')}, ${local.slice(11, 16)}`;
}

export function money(cents, currency) {
  return `${(cents / 100).toFixed(2)} ${currency}`;
}

export function showCall(call) {
  heading('The call, as the portal shows it');
  fact('status', `${call.status}, ${call.direction}, ${call.duration_seconds} s${call.branch_name ? `, branch ${call.branch_name}` : ''}`);
  if (call.summary) fact('summary', call.summary);
  showCost(call.cost);
}

function showCost(cost) {
  if (!cost) return;
  fact('cost', `${money(cost.customer_cents, cost.currency)} for the business; ${dollars(cost.platform_microusd)} for the platform:`);
  for (const { kind, quantity, unit, microusd } of cost.parts) {
    fact('', dim(`${kind}: ${quantity} ${unit}, ${dollars(microusd)}`));
  }
}

function dollars(microusd) {
  return `${(microusd / 1_000_000).toFixed(4)} USD`;
}

export function showCustomer(customer) {
  heading('The customer');
  fact('name', customer.name);
  fact('phone', customer.phone);
  if (customer.email) fact('e-mail', customer.email);
}

export function showBooking(booking, details) {
  const { requested_local_start: wanted, staff, reason } = details ?? {};
  const otherTime = wanted && wanted.slice(0, 16) !== booking.local_start.slice(0, 16);
  const otherStaff = staff && staff !== booking.staff_name;

  heading('The appointment');
  fact('id', booking.id);
  fact('time', `${bold(localTime(booking.local_start))} (${booking.time_zone})`);
  fact('what', `${booking.service_name} with ${booking.staff_name}, ${booking.status}`);
  if (otherTime || otherStaff) {
    fact('alternative', `The wish was ${wanted ? localTime(wanted) : 'open'}${staff ? ` with ${staff}` : ''}. ${reason ?? ''}`);
  }
}

export function showSms(sms) {
  heading(`SMS to ${sms.to}`);
  say(sms.body.replace(/^/gm, '  '));
}

export function showEmail(email) {
  heading(`E-mail to ${email.to}`);
  fact('subject', email.subject);
  if (email.attachments.length > 0) fact('attached', email.attachments.map((a) => a.filename).join(', '));
}
