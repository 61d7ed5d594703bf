import type { Channel, Environment } from './environment'

/** How long a leader may take to say that it is at work before another tab takes over (iOS freezes hidden tabs). */
const MUTE_MS = 3_000
const ANSWER_MS = 90_000

type Message<Question, Answer> =
  | { kind: 'ask'; id: number; question: Question }
  | { kind: 'working'; id: number }
  | { kind: 'answer'; id: number; answer: Answer }
  | { kind: 'news'; news: unknown }

/**
 * The tabs of one person in this browser: one leads and talks to the server, the others ask it. A question always
 * ends: when the leader is mute the asking tab takes the lead and answers itself.
 */
export class Tabs<Question, Answer, News> {
  #channel: Channel
  #led: AbortController | null = null
  #asked = new Map<number, (message: Message<Question, Answer>) => void>()
  leading = false

  constructor(
    private readonly environment: Environment,
    private readonly name: string,
    private readonly tab: {
      /** This tab leads from now on, when the promise has resolved; or no longer does. */
      lead(): Promise<void>
      follow(): void
      answer(question: Question): Promise<Answer>
      hear(news: News): void
      /** What to say when not even the takeover helps. */
      silence: Answer
    },
  ) {
    this.#channel = environment.channel(name, (message) => this.#hear(message as Message<Question, Answer>))
    this.#request(false)
  }

  tell(news: News): void {
    this.#channel.post({ kind: 'news', news })
  }

  async ask(question: Question): Promise<Answer> {
    if (this.leading) return this.tab.answer(question)
    const id = Math.floor(this.environment.random() * Number.MAX_SAFE_INTEGER)
    const answer = await new Promise<Answer | 'mute'>((resolve) => {
      let timer = setTimeout(() => resolve('mute'), MUTE_MS)
      this.#asked.set(id, (message) => {
        clearTimeout(timer)
        if (message.kind === 'answer') resolve(message.answer)
        else timer = setTimeout(() => resolve(this.tab.silence), ANSWER_MS)
      })
      this.#channel.post({ kind: 'ask', id, question })
    })
    this.#asked.delete(id)
    if (answer !== 'mute') return answer
    await this.takeLead()
    return this.tab.answer(question)
  }

  /** Leads from now on, whoever led before. */
  async takeLead(): Promise<void> {
    if (this.leading) return
    await new Promise<void>((resolve) => this.#request(true, resolve))
  }

  /** Another context has written what only a leader may write. */
  step(): void {
    if (!this.leading) return
    this.leading = false
    this.tab.follow()
    this.#request(false)
  }

  close(): void {
    this.#led?.abort()
    this.#led = null
    this.leading = false
    this.#channel.close()
  }

  #request(steal: boolean, done: () => void = () => {}): void {
    this.#led?.abort()
    const led = new AbortController()
    this.#led = led
    const got = async () => {
      await this.tab.lead()
      if (led.signal.aborted) return
      this.leading = true
      done()
    }
    const stolen = () => {
      if (this.#led === led) this.step()
    }
    this.environment.locks.keep(`${this.name}:lead`, got, stolen, { steal, signal: led.signal })
  }

  #hear(message: Message<Question, Answer>): void {
    if (message.kind === 'news') this.tab.hear(message.news as News)
    else if (message.kind !== 'ask') this.#asked.get(message.id)?.(message)
    else if (this.leading) {
      this.#channel.post({ kind: 'working', id: message.id })
      this.tab.answer(message.question).then(
        (answer) => this.#channel.post({ kind: 'answer', id: message.id, answer }),
        () => this.#channel.post({ kind: 'answer', id: message.id, answer: this.tab.silence }),
      )
    }
  }
}
