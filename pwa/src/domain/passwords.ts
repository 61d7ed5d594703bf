/** Fewer characters than this the server refuses (server/clinic/sign_in.py). */
export const SHORTEST_PASSWORD = 8

// Read out loud and typed on a phone: nothing that looks like something else.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password to hand over, "k7fm-2xqd-9tze": 59 bits. */
export function inventPassword(): string {
  const drawn = [...crypto.getRandomValues(new Uint32Array(12))].map((n) => LETTERS[n % LETTERS.length])
  return [0, 4, 8].map((from) => drawn.slice(from, from + 4).join('')).join('-')
}
