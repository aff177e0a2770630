import { computed, reactive, watch } from 'vue'
import { changesOf } from '@/format/changes'
import { useAct } from './useAct'
import { useSubmit } from './useSubmit'
import { useI18n } from 'vue-i18n'

export interface Edit {
  isChanged: boolean
  isBusy: boolean
  sentence: string | null
  save: () => Promise<void>
  reset: () => void
}

/** A form over a copy of something; what was changed in it, and only that, is sent. */
export function useEdit<T extends object>(source: () => T, send: (changes: Partial<T>) => Promise<unknown>) {
  const { t } = useI18n()
  const { sayDone } = useAct()
  const form = reactive({ ...source() }) as T
  const { isBusy, sentence, fieldError, problem, submit } = useSubmit(Object.keys(source()))
  const changes = computed(() => changesOf(source(), form))

  function reset(): void {
    Object.assign(form, source())
    problem.value = null
  }
  async function save(): Promise<void> {
    if (await submit(() => send(changes.value))) sayDone(t('app.saved'))
  }
  watch(source, reset)

  const isChanged = computed(() => Object.keys(changes.value).length > 0)
  const edit = reactive({ isChanged, isBusy, sentence, save, reset }) as Edit
  return { form, edit, fieldError }
}
