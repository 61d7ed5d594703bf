import { useI18n } from 'vue-i18n'
import type { Bilingual, VipLead } from '@/domain/documents'
import { useWords } from '../words'

/** The steps of the VIP journey in words. */
export function useJourneyWords() {
  const words = useWords()
  const { locale } = useI18n()
  const { t } = words

  const said = ({ zh, en }: Bilingual) => (locale.value === 'en' ? en : zh)
  /** "到院前 30 分钟", "之后 1 天 09:00"; nothing where a step has no time of its own. */
  const leadWords = (lead: VipLead | null): string => {
    if (lead === null) return ''
    const by = 'minutes' in lead ? lead.minutes : lead.days
    const edge = by > 0 ? 'after' : 'before'
    if ('minutes' in lead) {
      if (by === 0) return t('journey.at_arrival')
      const hours = by % 60 === 0
      return t(`journey.${hours ? 'hours' : 'minutes'}_${edge}`, { n: Math.abs(by) / (hours ? 60 : 1) })
    }
    const day = by === 0 ? t('journey.day_of') : t(`journey.days_${edge}`, { n: Math.abs(by) })
    return lead.at ? t('journey.at_clock', { day, at: lead.at }) : day
  }
  return { ...words, said, leadWords }
}
