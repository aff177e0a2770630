import { useToast } from '@nuxt/ui/composables/useToast'
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { toProblem } from '@/api/problem'
import { useFieldText, useProblemText } from './useProblemText'

/** Something done at a click, to one thing at a time; what came of it is said in a toast. */
export function useAct() {
  const { t } = useI18n()
  const toast = useToast()
  const problemText = useProblemText()
  const fieldText = useFieldText()
  const busyId = ref<string | null>(null)

  const sayDone = (title: string) => toast.add({ title, color: 'success', icon: 'i-lucide-check' })

  function sayFailed(error: unknown): void {
    const problem = toProblem(error)
    const text = problem.fields[0] ? fieldText(problem.fields[0].message) : problemText(problem)
    toast.add({
      title: t('app.failed'),
      description: [text, problem.requestId].filter(Boolean).join(' '),
      color: 'error',
      icon: 'i-lucide-circle-alert',
    })
  }

  /** Whether the work succeeded. `done`: the words for that, if any are needed. */
  async function act(id: string, work: () => Promise<unknown>, done?: string): Promise<boolean> {
    if (busyId.value !== null) return false
    busyId.value = id
    try {
      await work()
      if (done) sayDone(done)
      return true
    } catch (error) {
      sayFailed(error)
      return false
    } finally {
      busyId.value = null
    }
  }

  return { busyId, act, sayDone }
}
