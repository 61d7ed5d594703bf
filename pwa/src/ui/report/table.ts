import { canShare, download, share } from '@/device/share'
import { csvOf } from '@/domain/report'
import { say } from '../feedback'
import { useWords } from '../words'

/** Takes a table away, for Excel: to another app of the phone, or into its files. Must follow a tap. */
export function useTable() {
  const { t } = useWords()

  return async (name: string, table: Parameters<typeof csvOf>[0]): Promise<void> => {
    const file = new File([csvOf(table)], `${name}.csv`, { type: 'text/csv' })
    if (canShare(file)) await share(file)
    else {
      download(file)
      say(t('report.saved'))
    }
  }
}
