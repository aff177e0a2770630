import { useI18n } from 'vue-i18n'
import type { Problem } from '@/api/problem'

/** What the server says of a field, in the chosen language where we have it: by its words up to a colon. */
export function useFieldText() {
  const { t, te } = useI18n()
  return (message: string): string => {
    const key = `problem.field.${message.replace(/:.*/s, '').toLowerCase().replace(/\W+/g, '_')}`
    return te(key) ? t(key) : message
  }
}

/** A problem as a sentence in the chosen language: by its code, by its status, or in the server's own words. */
export function useProblemText() {
  const { t, te } = useI18n()
  return (problem: Problem): string => {
    const keys = [`problem.code.${problem.code}`, `problem.status.${problem.status}`]
    const key = keys.find((each) => te(each))
    return key ? t(key) : problem.message
  }
}
