// What the catalogue calls things, in the language of the screen.
import { useI18n } from 'vue-i18n'
import { regionOf, timePointOf, viewOf } from '@/domain/catalogue'
import type { Bilingual, PhotoSet, Region, TimePoint, ViewCode } from '@/domain/documents'

export function useSetWords() {
  const { locale } = useI18n()
  const say = (text: Bilingual): string => (locale.value === 'en' ? text.en : text.zh)
  const region = (code: Region) => say(regionOf(code).name)
  const timePoint = (code: TimePoint) => {
    const point = timePointOf(code)
    return point ? say(point.name) : code
  }
  const view = (of: Region, code: ViewCode) => {
    const one = viewOf(of, code)
    return one ? say(one.name) : code
  }
  /** "面部 · 术前" */
  const title = (set: Pick<PhotoSet, 'region' | 'time_point'>) => `${region(set.region)} · ${timePoint(set.time_point)}`
  return { say, region, timePoint, view, title }
}
