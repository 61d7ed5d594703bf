// How the phone is held. iOS tells only after a tap that allows it.
import { type Tilt, tiltOf } from '../domain/quality/level'

interface AskingOrientation {
  requestPermission?: () => Promise<'granted' | 'denied'>
}

const orientation = () =>
  (typeof DeviceOrientationEvent === 'undefined' ? {} : DeviceOrientationEvent) as AskingOrientation

export const levelNeedsTap = (): boolean => typeof orientation().requestPermission === 'function'

/** To be called from a tap. */
export async function allowLevel(): Promise<boolean> {
  try {
    return (await orientation().requestPermission?.()) !== 'denied'
  } catch {
    return false
  }
}

/** Tells every change until the answer is called; nothing at all where there is no sensor. */
export function watchLevel(tell: (tilt: Tilt) => void): () => void {
  const onTurn = ({ beta, gamma }: DeviceOrientationEvent) => {
    if (beta !== null && gamma !== null) tell(tiltOf(beta, gamma, screen.orientation?.angle ?? 0))
  }
  addEventListener('deviceorientation', onTurn)
  return () => removeEventListener('deviceorientation', onTurn)
}
