// Reports of the clinic: asked for online, with the last answer kept on this phone.
import type { Report, ReportQuery } from '@/domain/report'
import type { VipMonths } from '@/domain/vip/monthly'
import { drafts, type OnlineAnswer, online } from '@/state'

export interface ReportSource<Query, Answer> {
  fetch(query: Query): Promise<OnlineAnswer<Answer>>
  kept(): Promise<Answer | undefined>
}

const keptAs = <Query, Answer>(
  name: string,
  ask: (query: Query) => Promise<OnlineAnswer<Answer>>,
): ReportSource<Query, Answer> => ({
  async fetch(query) {
    const answer = await ask(query)
    if (answer.kind === 'ok') await drafts.keep(name, answer.value)
    return answer
  },
  kept: async () => (await drafts.find(name)) as Answer | undefined,
})

export const followUpReport = keptAs<ReportQuery, Report>('report', (query) => online.report(query))

export const vipReport = keptAs<{ from: string; to: string }, VipMonths>('vip-months', ({ from, to }) =>
  online.vipMonths(from, to),
)
