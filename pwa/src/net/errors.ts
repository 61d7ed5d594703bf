/**
 * Why a call had no success. unreachable: no answer, or not one of this server (a hotel's sign-in page, a proxy).
 * refused: the server's own answer; `applied_through` comes with 409.
 */
export type Failure =
  | { kind: 'unreachable' }
  | {
      kind: 'refused'
      status: number
      code: string
      message: string
      fields: Record<string, unknown>
      applied_through?: number
    }

/** Thrown by every call of `net`. */
export class CallError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.kind === 'refused' ? `${failure.status} ${failure.code}` : failure.kind)
    this.name = 'CallError'
  }
}

export const unreachable = (): CallError => new CallError({ kind: 'unreachable' })

/** The error of an answer that is not a success. */
export function refusedBy(status: number, body: unknown): CallError {
  if (!isRecord(body) || typeof body.code !== 'string') {
    return status === 413
      ? new CallError({ kind: 'refused', status, code: 'too_large', message: '', fields: {} })
      : unreachable()
  }
  return new CallError({
    kind: 'refused',
    status,
    code: body.code,
    message: typeof body.message === 'string' ? body.message : '',
    fields: isRecord(body.fields) ? body.fields : {},
    ...(typeof body.applied_through === 'number' && { applied_through: body.applied_through }),
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
