/** Countries, zones and currencies to choose from, as the browser knows them. */
export interface Place {
  label: string
  value: string
}

/** Regions that are not countries, or that are written otherwise, although the browser has a name for them. */
const NO_COUNTRIES = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'])
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const CURRENCIES: Record<string, string> = {
  AU: 'AUD',
  CA: 'CAD',
  CH: 'CHF',
  CZ: 'CZK',
  DK: 'DKK',
  GB: 'GBP',
  HU: 'HUF',
  JP: 'JPY',
  LI: 'CHF',
  NO: 'NOK',
  NZ: 'NZD',
  PL: 'PLN',
  RO: 'RON',
  SE: 'SEK',
  US: 'USD',
}

const byLabel = (locale: string) => (a: Place, b: Place) => a.label.localeCompare(b.label, locale)

export function countries(locale: string): Place[] {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' })
  return LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
    .filter((code) => !NO_COUNTRIES.has(code) && new Intl.Locale(`und-${code}`).region === code)
    .flatMap((value) => {
      const label = names.of(value)
      return label ? [{ label, value }] : []
    })
    .sort(byLabel(locale))
}

export function currencies(locale: string): Place[] {
  const names = new Intl.DisplayNames(locale, { type: 'currency' })
  return Intl.supportedValuesOf('currency')
    .map((value) => ({ label: `${names.of(value)} (${value})`, value }))
    .sort(byLabel(locale))
}

/** `kept`: one that is in use, should the browser not list it. */
export function timeZones(kept?: string): Place[] {
  const known = Intl.supportedValuesOf('timeZone')
  return [...(kept && !known.includes(kept) ? [kept] : []), ...known].map((value) => ({
    label: value.replaceAll('_', ' '),
    value,
  }))
}

/** What someone who signs up most likely means: by the browser's first language that names a country. */
export function likelyPlace(languages: readonly string[]): { country: string; currency: string; zone: string } {
  const regions = languages.flatMap((tag) => new Intl.Locale(tag).region ?? [])
  const country = regions.find((code) => /^[A-Z]{2}$/.test(code)) ?? 'DE'
  return { country, currency: currencyOf(country), zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
}

/** A country's currency where it is a common one of ours, and else the euro. */
export function currencyOf(country: string): string {
  return CURRENCIES[country] ?? 'EUR'
}
