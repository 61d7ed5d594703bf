"""Names of people: surname, form of address, pinyin. pwa/src/domain/names.ts knows the first two."""

import re
import unicodedata

_COMPOUNDS = """
欧阳 上官 司马 诸葛 皇甫 令狐 尉迟 长孙 慕容 宇文 司徒 司空 司寇 夏侯 东方 独孤 南宫 西门 东郭 百里 呼延 端木
轩辕 公孙 公冶 公羊 仲孙 淳于 太史 申屠 闻人 澹台 濮阳 钟离 赫连 拓跋 完颜 纳兰 耶律 万俟 鲜于 闾丘 第五
爱新觉罗 叶赫那拉
"""
COMPOUND_SURNAMES = frozenset(_COMPOUNDS.split())

_READINGS = """
单:shan 曾:zeng 仇:qiu 解:xie 查:zha 区:ou 朴:piao 盖:ge 乐:yue 覃:qin 翟:zhai 缪:miao 秘:bi 员:yun
贠:yun 种:chong 重:chong 隗:wei 黑:he 折:she 繁:po 薄:bo 句:gou 佴:nai 能:nai 祭:zhai 乜:nie 都:du
番:pan 阚:kan 召:shao 洗:xian
"""
# Surnames that are read otherwise than their character usually is.
SURNAME_READINGS = dict(pair.split(":") for pair in _READINGS.split())

FORMS = {"female": "女士", "male": "先生"}
IN_ENGLISH = {"女士": "Ms", "先生": "Mr", "顾客": "Customer"}

_HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_STARTS_HAN = re.compile(f"[{_HAN}]")
# Names of several parts, as those of Uyghurs and Kazakhs are written in Chinese: own name first.
_INTERPUNCT = re.compile("[·•‧・]")


def surname_of(name: str) -> str:
    """What goes before 女士 or 先生: never the whole of an ordinary Chinese name.

    The compound or first character of a Chinese name, the own name (first part) where a Chinese
    name has parts, the last word of one in another script.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not _STARTS_HAN.match(name):
        return name.split()[-1] if name else ""
    if _INTERPUNCT.search(name):
        return _INTERPUNCT.split(name)[0].strip()
    return next((name[:length] for length in (4, 2) if name[:length] in COMPOUND_SURNAMES), name[0])


def form_of(gender: str | None) -> str:
    """The Chinese form of address; 顾客 when the gender is not known."""
    return FORMS.get(gender or "", "顾客")


def called(name: str, gender: str | None, language: str) -> str:
    """How a page says who it is about: 王女士, Ms 王."""
    surname, form = surname_of(name), form_of(gender)
    return f"{surname}{form}" if language == "zh" else f"{IN_ENGLISH[form]} {surname}"


def pinyin_of(name: str) -> str:
    """Lower-case syllables separated by blanks (`wang xiao mei`), a surname in its own reading, ü as v."""
    name = unicodedata.normalize("NFKC", name).strip()
    if not _STARTS_HAN.match(name):
        return _syllables(name)
    # Read apart, or 王朝霞 would be read with 王朝, the dynasty.
    surname = surname_of(name)
    given = _syllables(name[len(surname) :])
    return f"{SURNAME_READINGS.get(surname) or _syllables(surname)} {given}".strip()


def _syllables(text: str) -> str:
    # Its dictionaries take a quarter of a second, which a process that names nobody need not wait for.
    from pypinyin import lazy_pinyin

    return " ".join(re.findall(r"\w+", " ".join(lazy_pinyin(text)).lower()))
