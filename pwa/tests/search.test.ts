import { expect, test } from 'vitest'
import { buildIndex, remove, type Searchable, search, update } from '../src/domain/search'

function customer(id: string, pinyin: string | null, ...phones: string[]): Searchable {
  return { id, name: id, pinyin, phones }
}

const people = [
  customer('王小美', 'wang xiao mei', '19900001234'),
  customer('王晓明', 'wang xiao ming', '19900005678'),
  customer('汪雪梅', 'wang xue mei', '19900002345'),
  customer('李小美', 'li xiao mei', '19912349999'),
  customer('小美', 'xiao mei', '+86 199 0000 7777'),
  customer('欧阳娜娜', 'ou yang na na', '19900008888', '02155501234'),
  customer('吕布', 'lv bu', '19900000001'),
  customer('Anna Smith', 'anna smith', '19900000002'),
  customer('José Muñoz', 'jose munoz', '19900000003'),
  customer('王Anna', 'wang anna', '19900000004'),
  customer('陈新', null, '19900000005'),
  customer('阿依古丽·买买提', 'a yi gu li mai mai ti', '19900000006'),
]
const index = buildIndex(people)

function found(query: string, limit = 20): string[] {
  return search(index, query, limit)
}

test.each([
  ['a whole name first, then names that contain it', '小美', ['小美', '李小美', '王小美']],
  ['a beginning of a name before its inside', '王', ['王Anna', '王小美', '王晓明']],
  ['a part of a name', '娜娜', ['欧阳娜娜']],
  ['initials', 'wxm', ['王小美', '王晓明', '汪雪梅']],
  ['initials inside a name', 'ynn', ['欧阳娜娜']],
  ['surname in full and initials', 'wangxm', ['王小美', '王晓明', '汪雪梅']],
  ['pinyin with blanks', 'wang xiao', ['王小美', '王晓明']],
  ['pinyin without blanks', 'wangxiaomi', ['王晓明']],
  ['the apostrophes an input method sets', "wang'xiao'mei", ['王小美']],
  ['a beginning of each syllable', 'waxume', ['汪雪梅']],
  ['pinyin in full is exact', 'xiaomei', ['小美', '李小美', '王小美']],
  ['a blank ends a syllable', 'wan g', []],
  ['letters in the wrong order', 'mxw', []],
  ['characters and letters together', '王xm', ['王小美', '王晓明']],
  ['a character in the middle of letters', 'w小m', ['王小美']],
  ['ü as v', 'lvbu', ['吕布']],
  ['capital letters', 'WANG XM', ['王小美', '王晓明', '汪雪梅']],
  ['full-width letters and blanks', 'ｗａｎｇ　ｘｍ', ['王小美', '王晓明', '汪雪梅']],
  ['a word of a Latin name', 'smith', ['Anna Smith']],
  ['a part of a Latin word', 'mit', ['Anna Smith']],
  ['initials of a Latin name', 'as', ['Anna Smith']],
  ['accents left out', 'jose mun', ['José Muñoz']],
  ['accents written apart', 'Jose\u0301', ['José Muñoz']],
  ['Latin after a Chinese surname', 'wanna', ['王Anna']],
  ['a name that has no reading yet', '陈新', ['陈新']],
  ['the reading it does not have', 'chenxin', []],
  ['a name in parts, without its dot', '古丽买', ['阿依古丽·买买提']],
  ['the last two digits', '34', ['欧阳娜娜', '王小美']],
  ['last digits before digits in the middle', '1234', ['欧阳娜娜', '王小美', '李小美']],
  ['three digits in the middle are too few', '123', []],
  ['full-width digits', '５６７８', ['王晓明']],
  ['a whole number', '199 0000 5678', ['王晓明']],
  ['a country code before it', '+86 199-0000-5678', ['王晓明']],
  ['a number stored with its country code', '19900007777', ['小美']],
  ['the beginning of a number', '0215550', ['欧阳娜娜']],
  ['one digit', '4', []],
  ['nothing', '  ', []],
  ['punctuation', '。', []],
])('%s: %s', (_what, query, ids) => {
  expect(found(query)).toEqual(ids)
})

test('no more than asked for, the best of them', () => {
  expect(found('wxm', 2)).toEqual(['王小美', '王晓明'])
  expect(found('小美', 1)).toEqual(['小美'])
})

test('a changed customer is found by what is true now', () => {
  const index = buildIndex(people)
  update(index, { id: '王小美', name: '赵小美', pinyin: 'zhao xiao mei', phones: ['19900009999'] })
  expect(search(index, '王小美', 9)).toEqual([])
  expect(search(index, 'zxm', 9)).toEqual(['王小美'])
  expect(search(index, '9999', 9)).toEqual(['李小美', '王小美'])
})

test('a removed customer is not found', () => {
  const index = buildIndex(people)
  remove(index, '吕布')
  expect(search(index, '吕布', 9)).toEqual([])
})
