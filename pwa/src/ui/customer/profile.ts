// A profile as its form holds it, and back.
import type { ProfileForm } from '@/actions/customers'
import type { Customer, Preferences } from '@/domain/documents'

export interface ProfileDraft {
  name: string
  phones: string[]
  gender: 'female' | 'male' | null
  birth_date: string
  source: string
  owner_id: string | null
  contact: 'any' | 'text_only' | 'no_call' | null
  best_from: string
  best_to: string
  drink: string
  temperature: string
  music: string
  diet: string
  companions: string
  no_marketing: boolean
}

export function draftOf(customer?: Customer): ProfileDraft {
  const { contact, best_time, drink, temperature, music, diet, companions, no_marketing } = customer?.preferences ?? {}
  return {
    name: customer?.name ?? '',
    phones: customer?.phones.length ? [...customer.phones] : [''],
    gender: customer?.gender ?? null,
    birth_date: customer?.birth_date ?? '',
    source: customer?.source ?? '',
    owner_id: customer?.owner_id ?? null,
    contact: contact ?? null,
    best_from: best_time?.from ?? '',
    best_to: best_time?.to ?? '',
    drink: drink ?? '',
    temperature: temperature ?? '',
    music: music ?? '',
    diet: diet ?? '',
    companions: companions ?? '',
    no_marketing: no_marketing ?? false,
  }
}

/** The fields of the draft as the server keeps them; `before` gives the preferences that this form does not show. */
export function profileOf(
  draft: ProfileDraft,
  before: Preferences = {},
): Required<Omit<ProfileForm, 'referrer_id'>> & { name: string; phones: string[] } {
  const { contact, best_from, best_to, drink, temperature, music, diet, companions, no_marketing } = draft
  const preferences: Preferences = { ...before }
  const put = (key: string, value: unknown) => {
    if (value) preferences[key] = value
    else delete preferences[key]
  }
  put('contact', contact)
  put('best_time', best_from && best_to && best_from < best_to ? { from: best_from, to: best_to } : null)
  for (const [key, text] of Object.entries({ drink, temperature, music, diet, companions })) put(key, text.trim())
  put('no_marketing', no_marketing)
  return {
    name: draft.name.trim().normalize('NFC'),
    phones: draft.phones.map((phone) => phone.trim()).filter(Boolean),
    gender: draft.gender,
    birth_date: draft.birth_date || null,
    source: draft.source.trim() || null,
    owner_id: draft.owner_id,
    preferences,
  }
}
