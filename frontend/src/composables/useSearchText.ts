import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { useQueryState } from './useQueryState'

const PAUSE_MS = 300

/** The text of a search field; it reaches the query string when the typing pauses. */
export function useSearchText(name = 'q'): { text: Ref<string>; settled: Ref<string> } {
  const settled = useQueryState(name)
  const text = ref(settled.value)
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(text, (typed) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = typed.trim()), PAUSE_MS)
  })
  watch(settled, (value) => {
    if (value !== text.value.trim()) text.value = value
  })
  onScopeDispose(() => clearTimeout(timer))
  return { text, settled }
}
