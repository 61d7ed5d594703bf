import { useI18n } from 'vue-i18n'
import type { Moment, Rule } from '@/domain/documents'
import { useWords } from '../words'

/** A rule in words. */
export function useRuleWords() {
  const words = useWords()
  const { te, locale } = useI18n()
  const { t } = words

  const momentWords = (moment: Moment): string => {
    if ('hours' in moment) {
      if (moment.hours === 0) return t('rules.at_once')
      const whole = moment.hours >= 48 && moment.hours % 24 === 0
      return whole ? t('rules.days', { n: moment.hours / 24 }) : t('rules.hours', { n: moment.hours })
    }
    return t(`rules.day_${moment.edge}`, { n: moment.day })
  }
  const spanWords = ({ from, due }: Rule) => t('rules.span', { from: momentWords(from), due: momentWords(due) })
  /** What the product calls it, or what the clinic's own is for, as it is being written. */
  const nameOf = ({ code, purpose }: Rule) =>
    te(`rule.${code}`) ? t(`rule.${code}`) : purpose[locale.value === 'en' ? 'en' : 'zh']
  const who = ({ role, assign }: Rule) => (assign === 'owner' ? t('rules.owner') : t(`role.${role}`))
  return { ...words, momentWords, spanWords, nameOf, who }
}
