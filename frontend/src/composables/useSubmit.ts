import { computed, ref, shallowRef } from 'vue'
import { toProblem, type Problem } from '@/api/problem'
import { useFieldText, useProblemText } from './useProblemText'

/**
 * A form being sent: once at a time. What went wrong is said at its field where `shown` names it, and else in a sentence
 * above the form.
 */
export function useSubmit(shown: string[] = []) {
  const problemText = useProblemText()
  const fieldText = useFieldText()
  const isBusy = ref(false)
  const problem = shallowRef<Problem | null>(null)

  const of = (name: string) => (each: { field: string }) => each.field === name || each.field.startsWith(`${name}.`)
  const fieldError = (name: string) => {
    const found = problem.value?.fields.find(of(name))
    return found && fieldText(found.message)
  }
  const sentence = computed(() => {
    if (problem.value === null) return null
    const others = problem.value.fields.filter((each) => !shown.some((name) => of(name)(each)))
    if (problem.value.fields.length === 0) return problemText(problem.value)
    return others.length > 0 ? others.map((each) => `${each.field}: ${fieldText(each.message)}`).join('; ') : null
  })

  /** Whether the work succeeded. */
  async function submit(work: () => Promise<unknown>): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    problem.value = null
    try {
      await work()
    } catch (error) {
      problem.value = toProblem(error)
    }
    isBusy.value = false
    return problem.value === null
  }

  return { isBusy, problem, sentence, fieldError, submit }
}
