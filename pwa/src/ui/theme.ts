import { ref } from 'vue'
import { settings } from '@/device/storage'

export const themes = ['phone', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const stored = settings.read('theme')
export const theme = ref<Theme>(stored === 'light' || stored === 'dark' ? stored : 'phone')

const phoneIsDark = matchMedia('(prefers-color-scheme: dark)')

/** Puts the chosen theme on the page; `phone` follows the system, also when it changes. */
export function showTheme(): void {
  const dark = theme.value === 'dark' || (theme.value === 'phone' && phoneIsDark.matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen
  settings.write('theme', chosen)
  showTheme()
}

phoneIsDark.addEventListener('change', showTheme)
