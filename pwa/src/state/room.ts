import type { Environment } from './environment'

const NEARLY_FULL = 0.8

/** Most of what the browser grants is used: time to let go of what can be had again. */
export async function nearlyFull({ estimate }: Pick<Environment, 'estimate'>): Promise<boolean> {
  const { usage_bytes, quota_bytes } = await estimate()
  return usage_bytes !== null && quota_bytes !== null && usage_bytes > NEARLY_FULL * quota_bytes
}
