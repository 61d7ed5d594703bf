/** How the baseline lies over the live picture. x, y: nudged, in percent of the viewfinder. */
export interface OverlayLook {
  mode: 'off' | 'picture' | 'outline'
  /** Percent. */
  opacity: number
  blink: boolean
  x: number
  y: number
}

export const plainOverlay = (): OverlayLook => ({ mode: 'picture', opacity: 40, blink: false, x: 0, y: 0 })
