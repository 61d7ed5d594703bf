/** Regions, views, time points and checklists as the server's catalogue has them; large, so for lazily loaded screens only. */
import type { Bilingual, Region, TimePoint, ViewCode } from './documents'
import written from './generated/photo-catalogue.json'

export type Check = 'sharpness' | 'exposure' | 'white_balance' | 'balance' | 'tilt' | 'distance' | 'head_angle'

export interface CatalogueView {
  code: ViewCode
  /** Code of the pose and of the variant (expression, movement) that make the view. */
  pose: string
  variant: string | null
  close_up: boolean
  optional: boolean
  name: Bilingual
  /** What the operator says. */
  cue: Bilingual
  /** How one sees that the pose is right. */
  recognized: Bilingual
  framing: Bilingual
  /** Degrees; positive yaw shows the right side, positive pitch looks up. */
  yaw: number
  pitch: number
  /** The angle is a rough one. */
  about: boolean
  face_shown: boolean
  /** The checks of the device that mean something for this view. */
  checks: Check[]
  /** File below /outlines/. */
  outline: string | null
}

export interface CatalogueRegion {
  code: Region
  name: Bilingual
  framing: Bilingual
  /** The part of the outline's drawing that fills the picture: x, y, width, height. */
  frame: [number, number, number, number]
  zoom: number
  distance_m: [number, number]
  /** Somebody else of the clinic has to be in the room. */
  chaperone: boolean
  views: CatalogueView[]
}

/** Days after the treatment; from `first` to `last` it is the one proposed. */
export interface CatalogueTimePoint {
  code: TimePoint
  name: Bilingual
  target: number | null
  first: number | null
  last: number | null
}

export interface PreparationLine {
  code: string
  topic: 'room' | 'camera' | 'customer'
  text: Bilingual
  /** Null: all. */
  regions: Region[] | null
  /** Empty: yes or no. */
  answers: { code: string; name: Bilingual }[]
}

export interface Catalogue {
  regions: CatalogueRegion[]
  time_points: CatalogueTimePoint[]
  preparation: PreparationLine[]
  oblique_rules: { code: string; name: Bilingual }[]
  /** Green within, amber within; degrees, distance as a fraction. */
  tolerances: Record<'head_angle' | 'roll' | 'tilt' | 'distance' | 'body_yaw', { green: number; amber: number }>
  /** The eight of the score; those without checks are answered by a person. */
  criteria: { code: string; name: Bilingual; checks: Check[] }[]
}

export const catalogue = written as unknown as Catalogue

const regions = new Map(catalogue.regions.map((region) => [region.code, region]))

export function regionOf(code: Region): CatalogueRegion {
  const region = regions.get(code)
  if (!region) throw new RangeError(`no region ${code}`)
  return region
}

export const viewOf = (region: Region, code: ViewCode): CatalogueView | undefined =>
  regions.get(region)?.views.find((view) => view.code === code)

export const timePointOf = (code: TimePoint): CatalogueTimePoint | undefined =>
  catalogue.time_points.find((point) => point.code === code)
