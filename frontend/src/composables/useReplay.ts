import { useToast } from '@nuxt/ui/composables/useToast'
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { apiPost } from '@/api/client'
import { toProblem } from '@/api/problem'
import type { ApiPath, Job } from '@/api/types'
import { useProblemText } from './useProblemText'

/** Has the server try something again, and says how that went. */
export function useReplay(path: ApiPath, refresh: () => Promise<void>) {
  const { t } = useI18n()
  const toast = useToast()
  const problemText = useProblemText()
  const busyId = ref<string | null>(null)

  async function replay(id: string): Promise<void> {
    if (busyId.value !== null) return
    busyId.value = id
    try {
      await apiPost<Job>(path, { params: { id } })
      toast.add({
        title: t('operations.replayed.title'),
        description: t('operations.replayed.text'),
        color: 'success',
        icon: 'i-lucide-check',
      })
      await refresh()
    } catch (error) {
      const problem = toProblem(error)
      toast.add({
        title: t('operations.replayFailed'),
        description: [problemText(problem), problem.requestId].filter(Boolean).join(' '),
        color: 'error',
        icon: 'i-lucide-circle-alert',
      })
    }
    busyId.value = null
  }

  return { busyId, replay }
}
