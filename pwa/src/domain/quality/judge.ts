// Green, amber or red for what was measured, against the catalogue's tolerances and the customer's own baseline.
import { type Check, catalogue } from '../catalogue'
import type { Tilt } from './level'
import type { Measures } from './measure'

export type Level = 'green' | 'amber' | 'red'

/** What to do about it; a short word on the screen. */
export type Hint =
  | 'blurred'
  | 'too_dark'
  | 'too_bright'
  | 'darker'
  | 'brighter'
  | 'light_left'
  | 'light_right'
  | 'too_warm'
  | 'too_cold'
  | 'turn_left'
  | 'turn_right'
  | 'tip_up'
  | 'tip_down'
  | 'head_left'
  | 'head_right'
  | 'head_upright'
  | 'chin_up'
  | 'chin_down'
  | 'to_middle'
  | 'turn_on'

export interface Verdict {
  level: Level
  /** Null while green. */
  hint: Hint | null
  /** What was measured, for later pictures to be compared with. */
  value: Record<string, number>
}

export type Verdicts = Partial<Record<Check, Verdict>>

/** Calibrated on pictures of known blur and light (tests/domain/quality.test.ts). */
const LIMITS = {
  sharpness: { green: 0.33, amber: 0.24 },
  dark: { green: 80, amber: 55 },
  bright: { green: 200, amber: 220 },
  burnt: { green: 0.03, amber: 0.08 },
  /** Stops. */
  exposure: { green: 0.4, amber: 0.8 },
  balance: { green: 0.3, amber: 0.6 },
  cast: { green: 0.12, amber: 0.25 },
  /** Without anything to compare with: a backdrop has a colour of its own. */
  castAlone: { green: 0.6 },
}

export const within = (value: number, { green, amber }: { green: number; amber: number }): Level =>
  value <= green ? 'green' : value <= amber ? 'amber' : 'red'

const rank: Record<Level, number> = { green: 0, amber: 1, red: 2 }
export const worst = (levels: readonly Level[]): Level =>
  levels.reduce((one, other) => (rank[other] > rank[one] ? other : one), 'green' as Level)

/** Four digits are plenty: these travel with every picture. */
const short = (value: number): number => Math.round(value * 1e4) / 1e4
const rounded = (value: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(value).map(([name, one]) => [name, short(one)]))

const judges: Record<
  'sharpness' | 'exposure' | 'balance' | 'white_balance',
  (measured: Measures, reference?: Record<string, number>) => Omit<Verdict, 'value'> & { value: Record<string, number> }
> = {
  sharpness({ sharpness }) {
    const level = within(-sharpness, { green: -LIMITS.sharpness.green, amber: -LIMITS.sharpness.amber })
    return { level, hint: 'blurred', value: { sharpness } }
  },
  exposure({ brightness, burnt }, reference) {
    const value = { brightness, burnt }
    const dark = within(-brightness, { green: -LIMITS.dark.green, amber: -LIMITS.dark.amber })
    const bright = worst([within(brightness, LIMITS.bright), within(burnt, LIMITS.burnt)])
    if (dark !== 'green') return { level: dark, hint: 'too_dark', value }
    if (bright !== 'green') return { level: bright, hint: 'too_bright', value }
    // Luma is to linear light as about 2.2 stops to one.
    const apart = reference?.brightness ? 2.2 * Math.log2(brightness / reference.brightness) : 0
    return { level: within(Math.abs(apart), LIMITS.exposure), hint: apart < 0 ? 'darker' : 'brighter', value }
  },
  balance({ balance }) {
    const hint = balance > 0 ? 'light_left' : 'light_right'
    return { level: within(Math.abs(balance), LIMITS.balance), hint, value: { balance } }
  },
  white_balance({ red, blue }, reference) {
    const value = { red, blue }
    if (reference?.red === undefined || reference.blue === undefined) {
      const level = Math.abs(red - blue) <= LIMITS.castAlone.green ? 'green' : 'amber'
      return { level, hint: red > blue ? 'too_warm' : 'too_cold', value }
    }
    const [dRed, dBlue] = [red - reference.red, blue - reference.blue]
    const level = within(Math.max(Math.abs(dRed), Math.abs(dBlue)), LIMITS.cast)
    return { level, hint: dRed > dBlue ? 'too_warm' : 'too_cold', value }
  },
}

function judgeTilt(tilt: Tilt, reference?: Record<string, number>): Verdict {
  // A level phone is the aim; from the second time point on, the phone as it was held then.
  const roll = tilt.roll - (reference?.roll ?? 0)
  const pitch = tilt.pitch - (reference?.pitch ?? 0)
  const turned = Math.abs(roll) >= Math.abs(pitch)
  const level = within(Math.max(Math.abs(roll), Math.abs(pitch)), catalogue.tolerances.tilt)
  const hint = turned ? (roll > 0 ? 'turn_left' : 'turn_right') : pitch > 0 ? 'tip_down' : 'tip_up'
  return { level, hint: level === 'green' ? null : hint, value: rounded({ ...tilt }) }
}

/**
 * `checks`: those that mean something for the view. `reference`: `checks` as stored with the baseline's picture, or with
 * an earlier one of this set. `tilt`: null where the phone has no sensor or does not tell.
 */
export function judge(
  checks: readonly Check[],
  measured: Measures | null,
  tilt: Tilt | null,
  reference: Record<string, unknown> = {},
): Verdicts {
  const verdicts: Verdicts = {}
  for (const check of checks) {
    const before = (reference[check] as { value?: Record<string, number> } | undefined)?.value
    if (check === 'tilt' && tilt) verdicts.tilt = judgeTilt(tilt, before)
    if (!measured || !(check in judges)) continue
    const { level, hint, value } = judges[check as keyof typeof judges](measured, before)
    verdicts[check] = { level, hint: level === 'green' ? null : hint, value: rounded(value) }
  }
  return verdicts
}

export const levelOf = (verdicts: Verdicts): Level => worst(Object.values(verdicts).map(({ level }) => level))
