// Surname and form of address; server/clinic/names.py is the twin and also makes pinyin.
//
// Pinyin is not made here: a table of readings would weigh on every first load, and a customer made without a
// network is found by name and phone at once, by pinyin as soon as the server has answered.

const COMPOUND_SURNAMES = new Set(
  (
    '欧阳 上官 司马 诸葛 皇甫 令狐 尉迟 长孙 慕容 宇文 司徒 司空 司寇 夏侯 东方 独孤 南宫 西门 东郭 百里 呼延 端木 ' +
    '轩辕 公孙 公冶 公羊 仲孙 淳于 太史 申屠 闻人 澹台 濮阳 钟离 赫连 拓跋 完颜 纳兰 耶律 万俟 鲜于 闾丘 第五 ' +
    '爱新觉罗 叶赫那拉'
  ).split(' '),
)

const STARTS_HAN = /^[〇\u3400-\u4dbf\u4e00-\u9fff\u{20000}-\u{3ffff}]/u
// Names of several parts, as those of Uyghurs and Kazakhs are written in Chinese: own name first.
const INTERPUNCT = /[·•‧・]/

/**
 * What goes before 女士 or 先生: never the whole of an ordinary Chinese name.
 *
 * The compound or first character of a Chinese name, the own name (first part) where a Chinese
 * name has parts, the last word of one in another script.
 */
export function surnameOf(name: string): string {
  const text = name.normalize('NFC').trim()
  if (!STARTS_HAN.test(text)) return text.split(/\s+/).at(-1) ?? ''
  const [own = '', ...more] = text.split(INTERPUNCT)
  if (more.length > 0) return own.trim()
  const [first = ''] = text
  return [text.slice(0, 4), text.slice(0, 2)].find((start) => COMPOUND_SURNAMES.has(start)) ?? first
}

/** The Chinese form of address; 顾客 when the gender is not known. */
export function formOf(gender: 'female' | 'male' | null | undefined): string {
  return gender === 'female' ? '女士' : gender === 'male' ? '先生' : '顾客'
}
