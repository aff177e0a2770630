// The sandbox's page: every call, SMS and e-mail, newest first, from this
// machine's memory alone. It redraws itself when something was added.
import { createHash } from 'node:crypto';
import { SCRIPTS, tell } from './scripts.mjs';

const SHOWN = 200;

const STYLE = `
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --ink: #1b1f27; --soft: #5d6675; --line: #e1e5ea;
  --call: #7c3aed; --sms: #047857; --email: #0369a1; --warn-bg: #fef3c7; --warn: #92400e; --bubble: #eef1f5; --mine: #e9e3fd; }
@media (prefers-color-scheme: dark) { :root { --bg: #101319; --card: #181c24; --ink: #e7eaf0; --soft: #9aa4b5; --line: #2a303b;
  --call: #a78bfa; --sms: #34d399; --email: #38bdf8; --warn-bg: #3a2f10; --warn: #fcd34d; --bubble: #232934; --mine: #322a52; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 52rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; padding-bottom: .75rem; }
h1 { margin: 0; font-size: 1.4rem; letter-spacing: -.01em; }
p { margin: .25rem 0; }
.soft { color: var(--soft); }
.counts { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.counts b { font-variant-numeric: tabular-nums; }
.warn { background: var(--warn-bg); color: var(--warn); border-radius: .6rem; padding: .55rem .85rem; margin-top: .75rem; }
.empty { text-align: center; padding: 4rem 1rem; color: var(--soft); }
details { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; margin: 0 0 .6rem; overflow: clip; }
summary { display: grid; grid-template-columns: 4.2rem 1fr auto; gap: .75rem; align-items: baseline; padding: .7rem 1rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: color-mix(in srgb, var(--bubble) 45%, transparent); }
summary:focus-visible { outline: 2px solid var(--call); outline-offset: -2px; }
.kind { font-size: .75rem; font-weight: 650; text-transform: uppercase; letter-spacing: .05em; }
.call .kind { color: var(--call); } .sms .kind { color: var(--sms); } .email .kind { color: var(--email); }
.what { min-width: 0; overflow-wrap: anywhere; }
.what span { display: block; }
time { color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.in { border-top: 1px solid var(--line); padding: .9rem 1rem 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 0 .9rem; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.said { display: flex; flex-direction: column; gap: .4rem; }
.said p { margin: 0; max-width: 85%; padding: .4rem .75rem; border-radius: .85rem; background: var(--bubble); align-self: flex-start; }
.said p.user { background: var(--mine); align-self: flex-end; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
pre.raw { font: 13px/1.45 ui-monospace, monospace; background: var(--bubble); border-radius: .5rem; padding: .6rem .8rem; margin-top: .5rem; }
iframe { width: 100%; height: 20rem; border: 1px solid var(--line); border-radius: .5rem; background: #fff; margin-top: .75rem; }
h2 { font-size: .85rem; color: var(--soft); font-weight: 600; margin: .9rem 0 .25rem; }
@media (max-width: 34rem) { summary { grid-template-columns: 1fr auto; } .what { grid-column: 1 / -1; grid-row: 2; } }
`;

const SCRIPT = `
const list = document.getElementById('list');
let since = list.dataset.version;
async function refresh() {
  try {
    const res = await fetch('/?since=' + since, { signal: AbortSignal.timeout(5000) });
    document.getElementById('lost').hidden = true;
    if (res.status === 200) {
      const next = new DOMParser().parseFromString(await res.text(), 'text/html').getElementById('list');
      for (const open of list.querySelectorAll('details[open]')) {
        const same = next.querySelector('#' + CSS.escape(open.id));
        if (same) same.open = true;
      }
      const focused = document.activeElement?.closest?.('details')?.id;
      list.replaceChildren(...next.childNodes);
      since = next.dataset.version;
      if (focused) document.getElementById(focused)?.querySelector('summary').focus({ preventScroll: true });
    }
  } catch { document.getElementById('lost').hidden = false; }
  setTimeout(refresh, 1500);
}
setTimeout(refresh, 1500);
`;

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const HEADERS = {
  'content-security-policy': `default-src 'none'; script-src ${hash(SCRIPT)}; style-src 'unsafe-inline'; connect-src 'self'; `
    + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/** The page, or 204 when nothing has changed since version `since`. */
export function page(store, faults, ports, since) {
  if (since === String(store.version)) return { status: 204 };
  return {
    headers: HEADERS,
    html: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Frontdesk sandbox</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<header>
<h1>Frontdesk sandbox</h1>
<p class="soft">Plays Retell, Twilio and a mail server (SMTP on port ${ports.smtp}). Nothing here leaves this machine.</p>
<p class="warn" id="lost" hidden>The sandbox does not answer. This page shows what it last knew.</p>
</header>
<main id="list" data-version="${store.version}">${contents(store, faults)}</main>
<script>${SCRIPT}</script>
</html>`,
  };
}

function contents(store, faults) {
  const messages = store.messages.list();
  const count = (kind) => messages.filter((m) => m.kind === kind).length;
  const items = [
    ...store.calls.newest(SHOWN).map((c) => ({ at: c.start_timestamp + c.duration_ms, html: call(c) })),
    ...store.messages.newest(SHOWN).map((m) => ({ at: Date.parse(m.at), html: message(m) })),
  ].sort((a, b) => b.at - a.at).slice(0, SHOWN);

  return `${misbehaving(faults)}
<ul class="counts"><li><b>${store.calls.size}</b> <span class="soft">calls</span></li>
<li><b>${count('sms')}</b> <span class="soft">SMS</span></li>
<li><b>${count('email')}</b> <span class="soft">e-mails</span></li></ul><br>
${items.map((i) => i.html).join('\n') || '<p class="empty">Nothing yet. Place a call with <code>make demo</code>.</p>'}`;
}

function misbehaving(faults) {
  return Object.entries(faults.now)
    .filter(([, f]) => f.fail !== null || f.latency_ms > 0)
    .map(([provider, f]) => `<p class="warn">${provider} is told to misbehave: ${f.fail ?? 'no failure'}${
      f.times === null ? '' : `, ${f.times} more times`}${f.latency_ms > 0 ? `, ${f.latency_ms} ms late` : ''}.</p>`)
    .join('');
}

function entry({ id, kind, label, title, line, at, inside }) {
  const when = new Date(at);

  return `<details id="${esc(id)}" class="${kind}"><summary><span class="kind">${label}</span>
<span class="what"><span>${esc(title)}</span><span class="soft">${esc(line)}</span></span>
<time datetime="${when.toISOString()}">${when.toISOString().slice(0, 19).replace('T', ' ')} UTC</time></summary>
<div class="in">${inside}</div></details>`;
}

function call(c) {
  const script = SCRIPTS[c.script];
  const said = tell(script, c.language, c.wish).lines
    .map(({ role, content }) => `<p class="${role}">${esc(content)}</p>`).join('');
  const deliveries = c.deliveries
    .map((d) => `${d.event} ${d.status ?? d.error}${d.attempts > 1 ? ` (${d.attempts} attempts)` : ''}`).join(' · ');

  return entry({
    id: c.call_id,
    kind: 'call',
    label: 'Call',
    title: script.title,
    line: `${c.from_number} → ${c.to_number} · ${Math.round(c.duration_ms / 1000)} s`,
    at: c.start_timestamp + c.duration_ms,
    inside: `${facts({ 'Call id': c.call_id, Webhooks: deliveries || 'none yet', Understood: understood(c.wish) })}
<div class="said">${said}</div>`,
  });
}

function understood(wish) {
  return Object.entries(wish).filter(([, v]) => v !== null).map(([k, v]) => `${k} ${v}`).join(', ');
}

function message(m) {
  const files = m.attachments.map((a) => `<h2>${esc(a.filename ?? 'attachment')} · ${esc(a.content_type)} · ${a.size} bytes</h2>${
    a.content === null ? '' : `<pre class="raw">${esc(a.content)}</pre>`}`).join('');
  const html = m.html === null ? '' : `<iframe sandbox title="The mail as HTML" srcdoc="${esc(m.html)}"></iframe>`;

  return entry({
    id: `m${m.seq}`,
    kind: m.kind,
    label: m.kind === 'sms' ? 'SMS' : 'E-mail',
    title: m.kind === 'sms' ? m.body : m.subject,
    line: `${m.from} → ${m.to}`,
    at: Date.parse(m.at),
    inside: `${facts({ From: m.from, To: m.to, ...(m.subject === null ? {} : { Subject: m.subject }), Id: m.sid ?? 'none' })}
<pre>${esc(m.body)}</pre>${html}${files}`,
  });
}

function facts(pairs) {
  return `<dl>${Object.entries(pairs).map(([k, v]) => `<dt>${esc(k)}</dt><dd>${esc(v)}</dd>`).join('')}</dl>`;
}

function esc(value) {
  return String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
