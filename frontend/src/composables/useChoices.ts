import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useColorMode, type ColorMode } from '@/composables/useColorMode'
import { chooseLanguage, LANGUAGES, type Language } from '@/i18n'

export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch' }
const COLOR_MODES: { mode: ColorMode; icon: string }[] = [
  { mode: 'system', icon: 'i-lucide-monitor' },
  { mode: 'light', icon: 'i-lucide-sun' },
  { mode: 'dark', icon: 'i-lucide-moon' },
]

/** Language and colours as entries of a menu. */
export function useChoices() {
  const { t, locale } = useI18n()
  const colors = useColorMode()

  const languages = computed(() =>
    LANGUAGES.map((each) => ({
      label: LANGUAGE_NAMES[each],
      icon: 'i-lucide-languages',
      type: 'checkbox' as const,
      checked: locale.value === each,
      onSelect: () => void chooseLanguage(each),
    })),
  )
  const colorModes = computed(() =>
    COLOR_MODES.map(({ mode, icon }) => ({
      label: t(`choice.mode.${mode}`),
      icon,
      type: 'checkbox' as const,
      checked: colors.mode.value === mode,
      onSelect: () => colors.choose(mode),
    })),
  )
  return { languages, colorModes }
}
