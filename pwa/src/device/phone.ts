/** Hands a number to the phone's own dialler. */
export const telLink = (number: string): string => `tel:${number.replace(/[^\d+*#]/g, '')}`

/**
 * Opens the phone's own messages with the text filled in. iOS wants `&body=`, everything else `?body=`
 * (RFC 5724 names neither).
 */
export function smsLink(number: string, body: string): string {
  const separator = isApplePhone() ? '&' : '?'
  return `sms:${number.replace(/[^\d+]/g, '')}${separator}body=${encodeURIComponent(body)}`
}

/** Leaves for another app of the phone (dialler, messages) without leaving this page. */
export function openLink(link: string): void {
  const anchor = document.createElement('a')
  anchor.href = link
  anchor.click()
}

/** A short tremble where the phone offers one. */
export function tremble(): void {
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) navigator.vibrate?.(20)
}

/** iPadOS calls itself a Macintosh, but no Macintosh can be touched. */
export function isApplePhone(): boolean {
  return (
    /iPhone|iPad|iPod/.test(navigator.userAgent) ||
    (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1)
  )
}

/** What the person may call this device unless they know better: "iPhone", "Android · Chrome". */
export function proposedDevice(): { name: string; platform: string } {
  const agent = navigator.userAgent
  const system = isApplePhone()
    ? agent.includes('iPhone')
      ? 'iPhone'
      : 'iPad'
    : /Android/.test(agent)
      ? (/; ([^;)]+) Build\//.exec(agent)?.[1] ?? 'Android')
      : /Windows/.test(agent)
        ? 'Windows'
        : /Macintosh/.test(agent)
          ? 'Mac'
          : 'Linux'
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /MicroMessenger/.test(agent)
      ? 'WeChat'
      : /Firefox\//.test(agent)
        ? 'Firefox'
        : /Chrome\//.test(agent)
          ? 'Chrome'
          : 'Safari'
  return { name: `${system} · ${browser}`, platform: system }
}
