/** What of `was` is otherwise in `now`. */
export function changesOf<T extends object>(was: T, now: T): Partial<T> {
  const keys = Object.keys(was) as (keyof T)[]
  return Object.fromEntries(keys.filter((key) => was[key] !== now[key]).map((key) => [key, now[key]])) as Partial<T>
}

/** Text of a field as the server wants it: nothing is null. */
export function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}

/** A number as it was typed; nothing is null, and what is no number stays text, for the server to refuse by name. */
export function numberOrNull(text: string | number): number | string | null {
  const typed = String(text).trim()
  if (typed === '') return null
  return /^-?\d{1,15}$/.test(typed) ? Number(typed) : typed
}

/** Lines, blanks or commas between words become one blank; the server keeps lists as such a text. */
export function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}
