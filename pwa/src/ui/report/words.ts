import { useWords } from '../words'

/** A rate as people read it. */
export function usePercent() {
  const { t } = useWords()
  return (rate: number | null) => (rate === null ? t('report.none') : `${Math.round(100 * rate)}%`)
}
