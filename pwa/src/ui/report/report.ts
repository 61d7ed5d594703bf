import { onMounted, ref, shallowRef, watch } from 'vue'
import type { ReportSource } from '@/actions/reports'

export type ReportState = 'loading' | 'fresh' | 'offline' | 'refused'

/** The answer to a question about a time, asked anew whenever it changes; without network the last one kept. */
export function useReport<Query extends { from: string; to: string }, Answer>(
  { fetch, kept }: ReportSource<Query, Answer>,
  question: () => Query,
) {
  const report = shallowRef<Answer | null>(null)
  const state = ref<ReportState>('loading')
  let asked = 0

  async function ask(): Promise<void> {
    asked += 1
    const mine = asked
    state.value = 'loading'
    const answer = await fetch(question())
    if (mine !== asked) return
    state.value = answer.kind === 'ok' ? 'fresh' : answer.kind
    if (answer.kind === 'ok') report.value = answer.value
    else report.value = answer.kind === 'offline' ? ((await kept()) ?? null) : null
  }
  onMounted(ask)
  watch(question, ({ from, to }) => from && to && void ask())

  return { report, state, ask }
}
