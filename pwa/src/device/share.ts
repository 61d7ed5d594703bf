/** Whether the phone can hand a file of this kind to another app. */
export const canShare = (file: File): boolean => navigator.canShare?.({ files: [file] }) ?? false

/** Hands a file to another app the person chooses. False when they changed their mind. Must follow a tap. */
export async function share(file: File): Promise<boolean> {
  try {
    await navigator.share({ files: [file] })
    return true
  } catch {
    return false
  }
}

/** Saves a file to the phone's own files. */
export function download(file: File): void {
  const url = URL.createObjectURL(file)
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = file.name
  anchor.click()
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
