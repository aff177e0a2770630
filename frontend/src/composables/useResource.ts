import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { isAbort, toProblem, type Problem } from '@/api/problem'

export interface Resource<T> {
  data: Ref<T | null>
  problem: Ref<Problem | null>
  isLoading: Ref<boolean>
  reload: () => Promise<void>
  refresh: () => Promise<void>
}

/** One thing read from the server, read anew whenever what `key` returns changes. `refresh` keeps what is shown. */
export function useResource<T>(
  fetchIt: (signal: AbortSignal) => Promise<T>,
  key: () => unknown = () => null,
): Resource<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(true)
  let current = new AbortController()

  async function fetchNow(): Promise<void> {
    current.abort()
    const mine = (current = new AbortController())
    try {
      const fetched = await fetchIt(mine.signal)
      if (mine.signal.aborted) return
      data.value = fetched
      problem.value = null
    } catch (error) {
      if (!isAbort(error) && !mine.signal.aborted) problem.value = toProblem(error)
    }
    if (current === mine) isLoading.value = false
  }

  function reload(): Promise<void> {
    isLoading.value = true
    data.value = null
    return fetchNow()
  }

  watch(key, reload, { immediate: true })
  onScopeDispose(() => current.abort())
  return { data, problem, isLoading, reload, refresh: fetchNow }
}
