import { useI18n } from 'vue-i18n'

/** Words for values that the server sends: translated where we know them, readable where we do not. */
export function useLabels() {
  const { t, te } = useI18n()

  function label(group: string, value: string | null): string {
    if (value === null || value === '') return '—'
    const key = `value.${group}.${value.replaceAll('.', '_')}`
    return te(key) ? t(key) : value.replace(/[_.]/g, ' ').replace(/^\w/, (first) => first.toUpperCase())
  }

  /** A language's own name for itself or another, from the browser's data. */
  function language(code: string | null, in_: string): string {
    if (!code) return '—'
    try {
      return new Intl.DisplayNames(in_, { type: 'language' }).of(code) ?? code
    } catch {
      return code
    }
  }

  return { label, language }
}
