import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { isAbort, toProblem, type Problem } from '@/api/problem'
import type { Page } from '@/api/types'

interface Row {
  id: string
}

export interface List<T> {
  rows: Ref<T[]>
  problem: Ref<Problem | null>
  /** What is shown, if anything, answers an earlier question. */
  isLoading: Ref<boolean>
  isLoadingMore: Ref<boolean>
  hasMore: Ref<boolean>
  loadedAt: Ref<Date | null>
  reload: () => Promise<void>
  refresh: () => Promise<void>
  loadMore: () => Promise<void>
}

/**
 * A list that is read page by page. It is read anew whenever what `key` returns changes; `refresh` fetches the first page
 * again and puts its rows in front of the older ones already shown, so that nothing on the screen jumps.
 */
export function useList<T extends Row>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
  key: () => unknown = () => null,
): List<T> {
  const rows = shallowRef<T[]>([])
  const problem = shallowRef<Problem | null>(null)
  const cursor = ref<string | null>(null)
  const isLoading = ref(true)
  const isLoadingMore = ref(false)
  const loadedAt = shallowRef<Date | null>(null)
  let current = new AbortController()

  async function fetchInto(at: string | null, take: (page: Page<T>) => void): Promise<void> {
    const { signal } = current
    try {
      const page = await fetchPage(at, signal)
      if (signal.aborted) return
      take(page)
      problem.value = null
      loadedAt.value = new Date()
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) problem.value = toProblem(error)
    }
  }

  async function reload(): Promise<void> {
    current.abort()
    const mine = (current = new AbortController())
    isLoading.value = true
    isLoadingMore.value = false
    await fetchInto(null, (page) => {
      rows.value = page.data
      cursor.value = page.next_cursor
    })
    if (current !== mine) return
    if (problem.value !== null) rows.value = []
    isLoading.value = false
  }

  async function refresh(): Promise<void> {
    if (isLoading.value || isLoadingMore.value) return
    await fetchInto(null, (page) => {
      const isDeeper = page.next_cursor !== null && rows.value.length > page.data.length
      const fresh = new Set(page.data.map((row) => row.id))
      rows.value = isDeeper ? [...page.data, ...rows.value.filter((row) => !fresh.has(row.id))] : page.data
      if (!isDeeper) cursor.value = page.next_cursor
    })
  }

  async function loadMore(): Promise<void> {
    if (cursor.value === null || isLoadingMore.value) return
    isLoadingMore.value = true
    await fetchInto(cursor.value, (page) => {
      const shown = new Set(rows.value.map((row) => row.id))
      rows.value = [...rows.value, ...page.data.filter((row) => !shown.has(row.id))]
      cursor.value = page.next_cursor
    })
    isLoadingMore.value = false
  }

  watch(key, reload, { immediate: true })
  onScopeDispose(() => current.abort())
  return {
    rows,
    problem,
    isLoading,
    isLoadingMore,
    hasMore: computed(() => cursor.value !== null),
    loadedAt,
    reload,
    refresh,
    loadMore,
  }
}
