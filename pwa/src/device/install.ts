import { isApplePhone } from './phone'

/** Chromium's event; no other engine has it. */
interface InstallPrompt extends Event {
  prompt(): Promise<void>
  userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>
}

export type Installable = 'installed' | 'prompt' | 'ios' | 'no'

let offered: InstallPrompt | null = null
const listeners = new Set<() => void>()

/** Chromium offers once, soon after loading: listen before anything else. */
export function listenForInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offered = event as InstallPrompt
    for (const listener of listeners) listener()
  })
  addEventListener('appinstalled', () => {
    offered = null
    for (const listener of listeners) listener()
  })
}

export function installable(): Installable {
  const standalone = matchMedia('(display-mode: standalone)').matches
  if (standalone || ('standalone' in navigator && navigator.standalone === true)) return 'installed'
  if (offered) return 'prompt'
  return isApplePhone() ? 'ios' : 'no'
}

export function onInstallableChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export async function install(): Promise<boolean> {
  const prompt = offered
  if (!prompt) return false
  offered = null
  await prompt.prompt()
  return (await prompt.userChoice).outcome === 'accepted'
}
