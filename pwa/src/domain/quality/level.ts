// How a phone is held, from its orientation sensor.

/** Degrees. roll: turned clockwise in the picture's plane. pitch: the lens looks up. Both 0 upright and level. */
export interface Tilt {
  roll: number
  pitch: number
}

const RADIANS = Math.PI / 180

/**
 * `beta`, `gamma`: of a deviceorientation event (W3C: intrinsic Z-X'-Y''), `screen`: screen.orientation.angle; degrees.
 */
export function tiltOf(beta: number, gamma: number, screen = 0): Tilt {
  const [b, g] = [beta * RADIANS, gamma * RADIANS]
  // "Up" as the device sees it: the third row of its rotation matrix.
  const x = -Math.cos(b) * Math.sin(g)
  const y = Math.sin(b)
  const z = Math.cos(b) * Math.cos(g)
  // A screen angle of 90 is a phone turned to the left by as much.
  const roll = Math.atan2(-x, y) / RADIANS + screen
  return { roll: ((((roll + 180) % 360) + 360) % 360) - 180, pitch: -Math.asin(Math.max(-1, Math.min(1, z))) / RADIANS }
}
