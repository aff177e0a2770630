const MICRO = 1_000_000

/** Minor units (cents, or the whole unit where a currency has none) as money of that currency. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(minor / 10 ** digits)
}

/** Millionths of a US dollar, exact: four decimals, up to six where they are needed. */
export function formatMicroUsd(microusd: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 4,
    maximumFractionDigits: 6,
  }).format(microusd / MICRO)
}

/** The parts of `1.100000 USD per EUR of 2020-01-01 (demo)`; null when it is written otherwise. */
export function parseRate(text: string): { rate: number; currency: string; date: string; source: string } | null {
  const [, rate, currency, date, source] =
    /^([\d.]+) USD per ([A-Z]{3}) of (\d{4}-\d{2}-\d{2}) \((.+)\)$/.exec(text) ?? []
  return rate && currency && date && source ? { rate: Number(rate), currency, date, source } : null
}

export function formatRate(rate: number, locale: string): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 6 }).format(rate)
}

export function formatNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(value)
}

export function formatPercent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}
