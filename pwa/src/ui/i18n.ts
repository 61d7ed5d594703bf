import { createI18n } from 'vue-i18n'
import { settings } from '@/device/storage'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

const texts: Record<Language, () => Promise<{ default: Record<string, unknown> }>> = {
  'zh-CN': () => import('@/locales/zh-CN.json'),
  en: () => import('@/locales/en.json'),
}

export const i18n = createI18n({ legacy: false, locale: 'zh-CN', fallbackLocale: 'zh-CN', missingWarn: false })

/** The language chosen on this device, else the phone's. */
export function preferredLanguage(): Language {
  const chosen = settings.read('language')
  if (chosen === 'zh-CN' || chosen === 'en') return chosen
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en'
}

export async function showLanguage(language: Language): Promise<void> {
  const { global } = i18n
  if (Object.keys(global.getLocaleMessage(language)).length === 0) {
    global.setLocaleMessage(language, (await texts[language]()).default)
  }
  global.locale.value = language
  document.documentElement.lang = language
  document.title = global.t('app.name')
}

export async function chooseLanguage(language: Language): Promise<void> {
  await showLanguage(language)
  settings.write('language', language)
}
