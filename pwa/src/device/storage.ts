/** Asks the browser not to throw the local documents away; false where it cannot promise that. */
export async function keepStorage(): Promise<boolean> {
  const storage = navigator.storage
  if (!storage?.persist) return false
  return (await storage.persisted?.()) || storage.persist()
}

/** Small settings of this device: language, theme, the last clinic and login. Never anything of a customer. */
export const settings = {
  read(key: string): string | null {
    try {
      return localStorage.getItem(`meidang.${key}`)
    } catch {
      return null // storage refused: the defaults serve
    }
  },
  write(key: string, value: string): void {
    try {
      localStorage.setItem(`meidang.${key}`, value)
    } catch {
      // storage refused or full: the choice lasts until the app is closed
    }
  },
}
