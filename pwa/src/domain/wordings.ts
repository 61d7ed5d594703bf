// What a customer signs. A wording that has been signed is never changed: another text is another version, and a
// lawyer of the clinic confirms it. Large, so for lazily loaded screens only.
import type { Bilingual, Consent, ConsentPurpose, Instant } from './documents'

/** Purposes that a customer can sign for on this phone. */
export type SignedPurpose = Exclude<ConsentPurpose, 'recording'>

export interface Wording {
  version: string
  title: Bilingual
  /** `{clinic}` stands for the clinic's name. */
  paragraphs: Bilingual[]
}

const withdrawal: Bilingual = {
  zh: '我可以随时向诊所撤回本同意。撤回后不再用于上述目的，撤回前已进行的处理不受影响。',
  en: 'I may withdraw this consent at the clinic at any time. The pictures are then no longer used for this purpose; what was done before stays lawful.',
}

/** The newest wording of each purpose. */
export const wordings: Record<SignedPurpose, Wording> = {
  record: {
    version: '2026-11',
    title: { zh: '病历影像采集同意书', en: 'Consent to pictures for the medical record' },
    paragraphs: [
      {
        zh: '我同意{clinic}为诊疗目的拍摄我的面部或身体照片。照片属于敏感个人信息，仅用于我的病历：制定方案、对比治疗前后、复诊评估。',
        en: 'I agree that {clinic} takes pictures of my face or body for my treatment. Pictures are sensitive personal information and serve my medical record only: planning, comparing before and after, checking my recovery.',
      },
      {
        zh: '照片保存在诊所的系统中，仅参与我诊疗的人员可以查看，不用于人脸识别，也不对外提供。',
        en: "The pictures are kept in the clinic's system. Only those who take part in my treatment see them. They are not used to recognize faces and are not given to others.",
      },
      {
        zh: '按照病历管理规定，门诊病历影像至少保存15年，住院病历影像至少保存30年，期间不予销毁。',
        en: 'By the rules for medical records the pictures are kept for at least 15 years (outpatients) or 30 years (inpatients) and are not destroyed before.',
      },
      {
        zh: '我可以随时撤回本同意。撤回后不再拍摄新的照片，已进入病历的照片依法保存。',
        en: 'I may withdraw this consent at any time. No new pictures are taken then; those in the record are kept by law.',
      },
    ],
  },
  teaching: {
    version: '2026-11',
    title: { zh: '内部教学使用同意书', en: 'Consent to use in internal teaching' },
    paragraphs: [
      {
        zh: '我同意{clinic}将我的照片用于诊所内部的教学和病例讨论，不注明我的姓名，不对外公开。',
        en: 'I agree that {clinic} uses my pictures for teaching and case discussions inside the clinic, without my name and not in public.',
      },
      withdrawal,
    ],
  },
  publish_face: {
    version: '2026-11',
    title: { zh: '公开使用同意书（露脸）', en: 'Consent to publication, face shown' },
    paragraphs: [
      {
        zh: '我同意{clinic}在法律允许的范围内公开使用我的照片，照片中可以看到我的面部。每次使用前由诊所合规负责人审核。',
        en: "I agree that {clinic} publishes my pictures as far as the law allows, with my face visible. The clinic's compliance person checks each use.",
      },
      withdrawal,
    ],
  },
  publish_no_face: {
    version: '2026-11',
    title: { zh: '公开使用同意书（不露脸）', en: 'Consent to publication, face not shown' },
    paragraphs: [
      {
        zh: '我同意{clinic}在法律允许的范围内公开使用我的照片，照片中不得出现我的面部或其他可识别我身份的内容。每次使用前由诊所合规负责人审核。',
        en: "I agree that {clinic} publishes my pictures as far as the law allows, without my face or anything else that shows who I am. The clinic's compliance person checks each use.",
      },
      withdrawal,
    ],
  },
}

/** What is stored with the signature: which text it was, and in which language it was read. */
export const versionSigned = (purpose: SignedPurpose, language: 'zh' | 'en'): string =>
  `${purpose}/${wordings[purpose].version}/${language}`

/** The consent that stands for a purpose at this moment. */
export const standingConsent = (
  consents: readonly Consent[],
  purpose: ConsentPurpose,
  now: Instant,
): Consent | undefined =>
  consents
    .filter((one) => one.purpose === purpose && (one.revoked_at === null || one.revoked_at > now))
    .sort((one, other) => (one.signed_at < other.signed_at ? 1 : -1))[0]

export const ADULT_YEARS = 18

/** Whole years at `now`; null where the birth date is not on file. Both as calendar days, "2008-11-22". */
export function ageAt(birthDate: string | null | undefined, today: string): number | null {
  if (!birthDate) return null
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number)
  const [birthYear = 0, birthMonth = 0, birthDay = 0] = birthDate.split('-').map(Number)
  const hadBirthday = month > birthMonth || (month === birthMonth && day >= birthDay)
  return year - birthYear - (hadBirthday ? 0 : 1)
}
