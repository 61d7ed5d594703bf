// The scorecard of a set: eight criteria, each checked by the phone or answered by a person.
import { type CatalogueView, catalogue } from '../catalogue'
import type { Photo } from '../documents'
import { type Level, worst } from '../quality/judge'
import type { ViewProgress } from './progress'

export interface Scored {
  code: string
  /** open: nobody has said yet. */
  met: boolean | 'open'
  /** Who says so. */
  by: 'phone' | 'person'
  /** Views whose pictures do not meet it. */
  views: CatalogueView[]
}

/** Lines of the preparation that answer a criterion already. */
const PREPARED: Partial<Record<string, string>> = {
  background: 'backdrop',
  clothing: 'clothes',
  jewellery: 'jewellery',
}

const levelsOf = (photo: Photo, checks: readonly string[]): Level[] =>
  checks.flatMap((check) => {
    const level = (photo.checks[check] as { level?: Level } | undefined)?.level
    return level ? [level] : []
  })

/** `checklist`: of the set. `answers`: what a person has said in the review, by criterion. */
export function scoreOf(
  progress: readonly ViewProgress[],
  checklist: Record<string, unknown>,
  answers: Record<string, boolean>,
): Scored[] {
  const taken = progress.flatMap(({ photo, view }) => (photo ? [{ photo, view }] : []))
  return catalogue.criteria.map(({ code, checks }) => {
    const measured = taken.map(({ photo, view }) => ({ view, levels: levelsOf(photo, checks) }))
    if (measured.some(({ levels }) => levels.length > 0)) {
      const views = measured.filter(({ levels }) => worst(levels) === 'red').map(({ view }) => view)
      return { code, met: views.length === 0, by: 'phone', views }
    }
    const prepared = PREPARED[code]
    const said = answers[code] ?? (prepared && checklist[prepared] === true ? true : undefined)
    return { code, met: said ?? 'open', by: 'person', views: [] }
  })
}
