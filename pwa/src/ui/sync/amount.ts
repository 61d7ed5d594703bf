const MEBI = 1024 * 1024

/** Bytes for people. */
export const amount = (bytes: number): string =>
  bytes >= 1024 * MEBI ? `${(bytes / 1024 / MEBI).toFixed(1)} GB` : `${Math.max(0.1, bytes / MEBI).toFixed(1)} MB`
