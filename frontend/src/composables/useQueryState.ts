import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A value that lives in the query string, so that a view can be linked to, reloaded and shared. Empty means absent. */
export function useQueryState(name: string): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const value = route.query[name]
      return typeof value === 'string' ? value : ''
    },
    set: (value) => {
      const { [name]: _, ...others } = route.query
      void router.replace({ query: value === '' ? others : { ...others, [name]: value } })
    },
  })
}
