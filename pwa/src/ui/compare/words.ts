// What a picture is called beside others of its view.
import type { Shot } from '@/domain/photosets/through'
import { records } from '@/state'
import { useSetWords } from '../sets/words'
import { daysBetween, useWords } from '../words'

export function useShotWords() {
  const { t, date } = useWords()
  const { timePoint } = useSetWords()

  const point = ({ set }: Shot) => timePoint(set.time_point)
  const day = ({ photo }: Shot) => date(photo.taken_at)
  const name = (shot: Shot) => `${point(shot)} ${day(shot)}`

  /** "治疗后 30 天"; nothing where the set belongs to no treatment that was done. */
  function interval({ set, photo }: Shot): string {
    const performed = records.get('treatment', set.treatment_id)?.performed_at
    if (!performed) return ''
    const days = daysBetween(Date.parse(performed), Date.parse(photo.taken_at))
    if (days === 0) return t('compare.same_day')
    return days > 0 ? t('compare.days_after', { n: days }) : t('compare.days_before', { n: -days })
  }

  return { point, day, name, interval }
}
