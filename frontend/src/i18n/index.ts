import { createI18n } from 'vue-i18n'
import { recall, remember } from '@/stores/preferences'

export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

const MESSAGES: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('./en.json'),
  de: () => import('./de.json'),
}

export const i18n = createI18n({ legacy: false, locale: '', fallbackLocale: [], missingWarn: true, messages: {} })

const isLanguage = (text: unknown): text is Language => LANGUAGES.includes(text as Language)

/** The language chosen earlier, or else the first of the browser's that we have. */
export function preferredLanguage(): Language {
  const wanted = [recall('language'), ...navigator.languages.map((each) => each.slice(0, 2))]
  return wanted.find(isLanguage) ?? 'en'
}

export async function setLanguage(language: Language): Promise<void> {
  const { default: messages } = await MESSAGES[language]()
  i18n.global.setLocaleMessage(language, messages)
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

export async function chooseLanguage(language: Language): Promise<void> {
  await setLanguage(language)
  remember('language', language)
}
