import { useI18n } from 'vue-i18n'
import type { Problem } from '@/api/problem'

/** A problem as a sentence in the chosen language: by its code, by its status, or in the server's own words. */
export function useProblemText() {
  const { t, te } = useI18n()
  return (problem: Problem): string => {
    const keys = [`problem.code.${problem.code}`, `problem.status.${problem.status}`]
    const key = keys.find((each) => te(each))
    return key ? t(key) : problem.message
  }
}
