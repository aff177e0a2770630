// The scripted conversations: one JSON file each under scripts/, read once.
//
// A script has the words (`lines` and `summary` per language, with the
// placeholders {customer_name} {weekday} {date} {time} {staff} {service}
// {email}), the wish that the agent understood when the caller's order does
// not say otherwise, the weekdays (`days`, 1 Monday) on which that wish makes
// sense, and what should come of it (`expect`).
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spoken } from '../support/dates.mjs';

const FOLDER = new URL('./scripts/', import.meta.url);
const UNSAID = {
  de: { customer_name: 'ein Anrufer', staff: 'egal wem', email: 'keine E-Mail', service: 'einen Termin' },
  en: { customer_name: 'a caller', staff: 'anyone', email: 'no e-mail', service: 'an appointment' },
};

export const SCRIPTS = Object.fromEntries(readdirSync(fileURLToPath(FOLDER))
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => [name.slice(0, -5), JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))]));

/** The words of a script for a wish: {lines: [{role, content}], summary}. */
export function tell(script, language, wish) {
  const values = placeholders(script, language, wish);
  const fill = (text) => text.replace(/\{([a-z_]+)\}/g, (whole, name) => values[name] ?? whole);

  return {
    lines: script.lines[language].map(([role, text]) => ({ role, content: fill(text) })),
    summary: fill(script.summary[language]),
  };
}

function placeholders(script, language, wish) {
  const said = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== null));
  const when = wish.date && wish.time ? spoken(language, wish.date, wish.time) : {};
  const service = script.spoken_services?.[language]?.[wish.service] ?? wish.service;

  return { ...UNSAID[language], ...said, ...(service ? { service } : {}), ...when };
}
