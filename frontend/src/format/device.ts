const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

const first = (names: [RegExp, string][], text: string) => names.find(([pattern]) => pattern.test(text))?.[1]

/** What a User-Agent calls itself, as a person would: "Firefox, Windows"; of others their first word; null for none. */
export function deviceName(userAgent: string | null): string | null {
  if (!userAgent) return null
  const names = [first(BROWSERS, userAgent), first(SYSTEMS, userAgent)].filter(Boolean)
  return names.length > 0 ? names.join(', ') : (userAgent.split(/[\s/]/)[0] ?? null)
}
