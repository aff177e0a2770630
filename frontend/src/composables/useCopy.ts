import { onScopeDispose, ref } from 'vue'

const SHOWN_MS = 2_000

/** Copies a text, and says so for a moment. Browsers allow it on pages that came over TLS or from this machine. */
export function useCopy() {
  const isCopied = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  async function copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text)
    isCopied.value = true
    clearTimeout(timer)
    timer = setTimeout(() => (isCopied.value = false), SHOWN_MS)
  }
  onScopeDispose(() => clearTimeout(timer))
  return { canCopy: navigator.clipboard !== undefined, isCopied, copy }
}
