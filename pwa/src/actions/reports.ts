// Looking at how follow-ups were worked: online, with the last one kept on this phone.
import type { Report, ReportQuery } from '@/domain/report'
import type { VipMonths } from '@/domain/vip/monthly'
import { drafts, type OnlineAnswer, online } from '@/state'

const KEPT = 'report'

export async function fetchReport(query: ReportQuery): Promise<OnlineAnswer<Report>> {
  const answer = await online.report(query)
  if (answer.kind === 'ok') await drafts.keep(KEPT, answer.value)
  return answer
}

export const keptReport = async (): Promise<Report | undefined> => (await drafts.find(KEPT)) as Report | undefined

const KEPT_VIP = 'vip-months'

export async function fetchVipMonths(from: string, to: string): Promise<OnlineAnswer<VipMonths>> {
  const answer = await online.vipMonths(from, to)
  if (answer.kind === 'ok') await drafts.keep(KEPT_VIP, answer.value)
  return answer
}

export const keptVipMonths = async (): Promise<VipMonths | undefined> =>
  (await drafts.find(KEPT_VIP)) as VipMonths | undefined
