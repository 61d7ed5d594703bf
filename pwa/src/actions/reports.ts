// Looking at how follow-ups were worked: online, with the last one kept on this phone.
import type { Report, ReportQuery } from '@/domain/report'
import { drafts, type OnlineAnswer, online } from '@/state'

const KEPT = 'report'

export async function fetchReport(query: ReportQuery): Promise<OnlineAnswer<Report>> {
  const answer = await online.report(query)
  if (answer.kind === 'ok') await drafts.keep(KEPT, answer.value)
  return answer
}

export const keptReport = async (): Promise<Report | undefined> => (await drafts.find(KEPT)) as Report | undefined
