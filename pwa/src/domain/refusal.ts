/** Codes of a domain refusal; the server uses the same. */
export type RefusalCode = 'validation' | 'forbidden' | 'not_found' | 'conflict' | 'gate' | 'internal'

/** A refusal as it travels and is kept; `message` is for people. */
export interface Refused {
  code: string
  message: string
  fields?: Record<string, unknown>
}

/** What the rules refuse. Thrown by mutators, answered by `mutate`. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message)
    this.name = 'Refusal'
  }
}
