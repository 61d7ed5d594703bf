// The arguments of a refused mutation as fields a person can read and change. Ids are not for people: they stay as
// they are, as does everything whose shape is not plain text.

export interface Field {
  /** Keys from the outside in, joined by dots. */
  path: string
  text: string
  type: 'text' | 'number' | 'boolean' | 'list'
}

const isId = (key: string) => key === 'id' || key.endsWith('_id')

export function editable(args: Record<string, unknown>, before = ''): Field[] {
  return Object.entries(args).flatMap(([key, value]): Field[] => {
    const path = before ? `${before}.${key}` : key
    if (isId(key) || key === 'seen' || key === 'seen_state') return []
    if (typeof value === 'string') return [{ path, text: value, type: 'text' }]
    if (typeof value === 'number' || typeof value === 'boolean')
      return [{ path, text: String(value), type: typeof value as 'number' | 'boolean' }]
    if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
      return [{ path, text: value.join('\n'), type: 'list' }]
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      return editable(value as Record<string, unknown>, path)
    return []
  })
}

/** The arguments with one field changed. */
export function put(args: Record<string, unknown>, field: Field, text: string): Record<string, unknown> {
  const [key = '', ...rest] = field.path.split('.')
  if (rest.length > 0) {
    const inner = (args[key] ?? {}) as Record<string, unknown>
    return { ...args, [key]: put(inner, { ...field, path: rest.join('.') }, text) }
  }
  return { ...args, [key]: shaped(field, text) }
}

function shaped(field: Field, text: string): unknown {
  if (field.type === 'number') return Number.isFinite(Number(text)) ? Number(text) : text
  if (field.type === 'boolean') return text === 'true'
  if (field.type === 'list')
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  return text
}
