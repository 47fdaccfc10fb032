"""Encodings: what a person would read is read, whatever header, mark, prolog or meta element say.

Each row is a whole document made here: the text in one encoding, and what is said of it.
"""

from __future__ import annotations

import codecs
import re

import pytest

from monitor.types import Address
from sources import feed
from sources.decoding import decode, is_as_said

RU = "Саммит ШОС в Бишкеке: главы государств подписали декларацию — «Дух Шанхая»"
RUB = "Лидеры стран Шанхайской организации сотрудничества обсудили вопросы безопасности и торговли. Встреча осенью."
RU0 = "Саммит ШОС в Бишкеке: главы государств подписали декларацию"
UK = "Саміт ШОС у Бішкеку: її підсумки, ґрунтовні зміни та є питання"
UKB = "Лідери країн Шанхайської організації співробітництва обговорили питання безпеки, торгівлі та енергетики."
BG = "Срещата на върха на ШОС започна в Бишкек с участието на президентите"
ZH = "上海合作组织峰会在比什凯克开幕 各国领导人签署宣言"
ZHB = "上海合作组织成员国领导人讨论了安全、贸易和能源问题。下次会议将于秋季举行。"
ZHT = "上海合作組織峰會在比什凱克開幕 各國領導人簽署宣言"
ZHTB = "上海合作組織成員國領導人討論了安全、貿易和能源問題。下次會議將於秋季舉行。"
G4 = "上合组织峰会：㐂㐃𠀀峰会开幕"
AR = "قمة منظمة شنغهاي للتعاون تنطلق في بيشكيك"
ARB = "ناقش قادة دول منظمة شنغهاي للتعاون قضايا الأمن والتجارة والطاقة. ويعقد الاجتماع المقبل في الخريف."
FA = "نشست سران سازمان همکاری شانگهای در بیشکک آغاز شد"
FAB = "رهبران کشورهای عضو سازمان همکاری شانگهای درباره امنیت و تجارت گفتگو کردند."
IS = "Þjóðin á það skilið að fá að vita: forsætisráðherrann og ríkisstjórnin ræða við Þjóðverja um frið í næstu viku"
TR = "Şanghay İşbirliği Örgütü zirvesi Bişkek'te başladı: güvenlik görüşmesi"
TRB = "Üye ülkelerin liderleri güvenlik, ticaret ve enerji konularını görüştü. Gelecek toplantı sonbaharda."
DE = "Gipfel der Schanghai-Gruppe: Präsident für stärkere Öffnung — „Brücken bauen“"
PL = "Szczyt Szanghajskiej Organizacji: źródła, żądania i główne wnioski"
JA = "上海協力機構の首脳会議がビシュケクで開幕しました"
JAB = "加盟国の首脳は安全保障や貿易について話し合いました。次の会議は秋に開かれます。"
KO = "상하이협력기구 정상회의가 비슈케크에서 개막했다"
KOB = "회원국 정상들은 안보와 무역 문제를 논의했다. 다음 회의는 가을에 열린다."
KK = "Шанхай ынтымақтастық ұйымының саммиті Бішкекте басталды: қауіпсіздік мәселелері"
KKB = "Мүше мемлекеттердің басшылары қауіпсіздік, сауда және энергетика мәселелерін талқылады."
HI = "शंघाई सहयोग संगठन का शिखर सम्मेलन बिश्केक में शुरू"
TH = "การประชุมสุดยอดองค์การความร่วมมือเซี่ยงไฮ้เริ่มขึ้น"
HE = "פסגת ארגון שיתוף הפעולה של שנגחאי נפתחה בבישקק"
HEB = "מנהיגי המדינות דנו בנושאי ביטחון, סחר ואנרגיה. הפגישה הבאה תתקיים בסתיו."
EL = "Η σύνοδος κορυφής του Οργανισμού Συνεργασίας της Σαγκάης ξεκίνησε"
ELB = "Οι ηγέτες των κρατών μελών συζήτησαν θέματα ασφάλειας και εμπορίου."
#: (id, body, content type, title, kind of document)
ROWS: list[tuple[str, bytes, str, str, str]] = []


def xml(title: str, text: str, encoding: str | None = None) -> str:
    said = f' encoding="{encoding}"' if encoding else ""
    return f'<?xml version="1.0"{said}?><rss version="2.0"><channel><title>{title[:6]}</title><item><title>{title}</title><link>https://www.example.org/a/1</link><description>{text}</description></item></channel></rss>'


def html(title: str, text: str, meta: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head>{meta}<title>{title}</title></head><body><p>{text}</p><p>{text}</p></body></html>"
    )


def in_feed(name: str, body: bytes, content_type: str, title: str) -> None:
    ROWS.append((name, body, content_type, title, "feed"))


def in_page(name: str, body: bytes, content_type: str, title: str) -> None:
    ROWS.append((name, body, content_type, title, "page"))


SINGLE = [
    ("windows-1251", "cp1251", RU, RUB),
    ("koi8-r", "koi8_r", RU0, RUB),
    ("koi8-u", "koi8_u", UK, UKB),
    ("iso-8859-5", "iso8859_5", RU0, RUB),
    ("cp866", "cp866", RU0, RUB),
    ("windows-1251-uk", "cp1251", UK, UKB),
    ("windows-1251-bg", "cp1251", BG, BG),
    ("gb2312", "gb2312", ZH, ZHB),
    ("gbk", "gbk", ZH, ZHB),
    ("gb18030", "gb18030", G4, ZHB),
    ("big5", "big5", ZHT, ZHTB),
    ("windows-1256", "cp1256", AR, ARB),
    (
        "windows-1256-fa",
        "cp1256",
        "نشست سران سازمان شانگهاي در تهران آغاز شد",
        "رهبران درباره امنيت و تجارت گفتگو كردند.",
    ),
    ("windows-1254", "cp1254", TR, TRB),
    ("iso-8859-9", "iso8859_9", TR, TRB),
    ("iso-8859-1", "cp1252", "Sommet de l'OCS : les présidents réunis à Bichkek", "Déclaration adoptée."),
    ("windows-1252", "cp1252", DE, "Grüße"),
    ("iso-8859-2", "iso8859_2", PL, "Następne spotkanie."),
    ("windows-1250", "cp1250", PL, "Następne spotkanie."),
    ("x-mac-cyrillic", "mac_cyrillic", RU, RUB),
    ("shift_jis", "cp932", JA, JAB),
    ("euc-jp", "euc_jp", JA, JAB),
    ("euc-kr", "cp949", KO, KOB),
    ("iso-8859-6", "iso8859_6", AR, ARB),
    ("windows-1255", "cp1255", HE, HEB),
    ("windows-1253", "cp1253", EL, ELB),
    ("iso-8859-7", "iso8859_7", EL, ELB),
    ("tis-620", "tis_620", TH, TH),
    ("windows-874", "cp874", TH, TH),
    ("iso-2022-jp", "iso2022_jp", JA, JAB),
    ("hz-gb-2312", "hz", ZH, ZHB),
]
for key, codec, t, b in SINGLE:
    name = key.removesuffix("-uk").removesuffix("-bg").removesuffix("-fa")
    hz = name in ("hz-gb-2312",)
    if not hz:
        in_feed(f"xml-header-{key}", xml(t, b).encode(codec), f"application/rss+xml; charset={name}", t)
        in_feed(f"xml-prolog-{key}", xml(t, b, name).encode(codec), "application/rss+xml", t)
        in_page(f"html-header-{key}", html(t, b).encode(codec), f"text/html; charset={name}", t)
        in_page(f"html-meta-{key}", html(t, b, f'<meta charset="{name}">').encode(codec), "text/html", t)
    # nobody says: only what a person would get back from enough text
for key, codec, t, b in [
    s
    for s in SINGLE
    if s[0]
    in (
        "windows-1251",
        "koi8-r",
        "iso-8859-5",
        "cp866",
        "gb2312",
        "gbk",
        "big5",
        "windows-1256",
        "windows-1254",
        "shift_jis",
        "euc-jp",
        "euc-kr",
        "windows-1251-uk",
        "windows-1252",
        "windows-1255",
        "windows-1253",
    )
]:
    in_feed(f"xml-none-{key}", xml(t, b * 4).encode(codec), "text/xml", t)
    in_page(f"html-none-{key}", html(t, b * 4).encode(codec), "text/html", t)
    in_feed(f"xml-lie-utf8-{key}", xml(t, b * 4, "utf-8").encode(codec), "text/xml; charset=utf-8", t)
for enc, bom in (
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
    ("utf-32-le", codecs.BOM_UTF32_LE),
    ("utf-32-be", codecs.BOM_UTF32_BE),
):
    short = enc.rsplit("-", 1)[0]
    in_feed(f"xml-bom-{enc}", bom + xml(RU, RUB, short).encode(enc), "application/xml", RU)
    in_feed(f"xml-bom-{enc}-says-utf8", bom + xml(ZH, ZHB, "utf-8").encode(enc), "application/xml; charset=utf-8", ZH)
    in_feed(f"xml-nobom-{enc}", xml(RU, RUB, short).encode(enc), "application/xml", RU)
    in_feed(
        f"xml-nobom-noprolog-{enc}", xml(AR, ARB)[len('<?xml version="1.0"?>') :].encode(enc), "application/xml", AR
    )
    in_feed(
        f"xml-header-nobom-{enc}",
        xml(RU, RUB).encode(enc),
        f"application/xml; charset={enc.replace('-le', 'le').replace('-be', 'be')}",
        RU,
    )
    in_page(f"html-bom-{enc}", bom + html(RU, RUB).encode(enc), "text/html", RU)
in_feed("utf8-bom", b"\xef\xbb\xbf" + xml(RU, RUB).encode(), "text/xml", RU)
in_feed("utf8-bom-header-1251", b"\xef\xbb\xbf" + xml(RU, RUB).encode(), "text/xml; charset=windows-1251", RU)
in_feed("utf8-bom-prolog-1251", b"\xef\xbb\xbf" + xml(RU, RUB, "windows-1251").encode(), "text/xml", RU)
in_feed("utf8-header-latin1-is-utf8", xml(RU, RUB, "utf-8").encode(), "text/xml; charset=iso-8859-1", RU)
in_feed("utf8-header-1251-is-utf8", xml(RU, RUB, "utf-8").encode(), "text/xml; charset=windows-1251", RU)
in_feed("utf8-prolog-1251-is-utf8", xml(RU, RUB, "windows-1251").encode(), "text/xml", RU)
in_feed("utf8-prolog-latin1-is-utf8", xml(ZH, ZHB, "iso-8859-1").encode(), "text/xml", ZH)
in_feed("utf8-prolog-gb2312-is-utf8", xml(ZH, ZHB, "gb2312").encode(), "text/xml", ZH)
in_feed("utf8-header-gbk-is-utf8", xml(ZH, ZHB, "utf-8").encode(), "text/xml; charset=gbk", ZH)
in_feed("utf8-prolog-big5-is-utf8", xml(ZHT, ZHTB, "big5").encode(), "text/xml", ZHT)
in_feed("utf8-prolog-ascii-is-utf8", xml(TR, TRB, "us-ascii").encode(), "text/xml", TR)
in_feed("utf8-header-ascii-is-utf8", xml(RU, RUB).encode(), "text/xml; charset=us-ascii", RU)
in_feed("utf8-header-koi8-is-utf8", xml(RU, RUB, "utf-8").encode(), "text/xml; charset=koi8-r", RU)
in_feed("utf8-prolog-utf16-is-utf8", xml(RU, RUB, "utf-16").encode(), "text/xml", RU)
in_feed("header-1251-prolog-utf8-is-1251", xml(RU, RUB, "utf-8").encode("cp1251"), "text/xml; charset=windows-1251", RU)
in_feed("header-utf8-prolog-1251-is-1251", xml(RU, RUB, "windows-1251").encode("cp1251"), "text/xml; charset=utf-8", RU)
in_feed(
    "header-latin1-prolog-1251-is-1251",
    xml(RU, RUB, "windows-1251").encode("cp1251"),
    "text/xml; charset=iso-8859-1",
    RU,
)
in_feed(
    "header-koi8-prolog-1251-is-koi8", xml(RU0, RUB, "windows-1251").encode("koi8_r"), "text/xml; charset=koi8-r", RU0
)
in_feed(
    "prolog-gb2312-is-gbk",
    xml("习近平与朱镕基会见，喆囧堃", ZHB, "gb2312").encode("gbk"),
    "text/xml",
    "习近平与朱镕基会见，喆囧堃",
)
in_feed("prolog-gbk-is-gb18030", xml(G4, ZHB, "gbk").encode("gb18030"), "text/xml", G4)
in_feed("prolog-gb2312-is-gb18030", xml(G4, ZHB, "gb2312").encode("gb18030"), "text/xml", G4)
in_feed(
    "prolog-big5-hkscs",
    xml("香港嘅峰會：啲領導人喺度", ZHTB, "big5").encode("big5hkscs"),
    "text/xml",
    "香港嘅峰會：啲領導人喺度",
)
in_feed(
    "prolog-latin1-is-1252",
    xml("“Spirit” – it’s €5", "x", "iso-8859-1").encode("cp1252"),
    "text/xml",
    "“Spirit” – it’s €5",
)
in_feed(
    "prolog-latin9",
    xml("L’œuvre coûte 5 €".replace("’", "'"), "x", "iso-8859-15").encode("iso8859_15"),
    "text/xml",
    "L'œuvre coûte 5 €",
)
in_feed(
    "prolog-8859-9-is-1254",
    xml("“Türkiye” – şimdi İran’da", "x", "iso-8859-9").encode("cp1254"),
    "text/xml",
    "“Türkiye” – şimdi İran’da",
)
in_feed("prolog-turkish-as-latin-1", xml(TR, TRB, "iso-8859-1").encode("cp1254"), "text/xml", TR)
in_page("html-turkish-as-latin-1", html(TR, TRB).encode("cp1254"), "text/html; charset=iso-8859-1", TR)
in_feed("prolog-icelandic-is-latin-1", xml(IS, IS, "iso-8859-1").encode("cp1252"), "text/xml", IS)
in_feed(
    "prolog-sjis-is-cp932",
    xml("①髙橋首相、上海協力機構と会談", JAB, "shift_jis").encode("cp932"),
    "text/xml",
    "①髙橋首相、上海協力機構と会談",
)
in_feed(
    "prolog-euckr-is-cp949",
    xml("똠방각하 펲시콜라 정상회의", KOB, "euc-kr").encode("cp949"),
    "text/xml",
    "똠방각하 펲시콜라 정상회의",
)
for name in (
    "win-1251",
    "cp1251",
    "windows1251",
    "WINDOWS-1251",
    "x-cp1251",
    "Windows-1251 ",
    "cp-1251",
    "'windows-1251'",
    '"windows-1251"',
):
    in_feed(f"alias-header-{name}", xml(RU, RUB).encode("cp1251"), f"text/xml; charset={name}", RU)
for name in ("utf8", "UTF8", "utf_8", "unicode-1-1-utf-8", "utf-8;", "UTF-8,"):
    in_feed(f"alias-utf8-{name}", xml(RU, RUB).encode(), f"text/xml; charset={name}", RU)
for name, codec, t in (
    ("koi8", "koi8_r", RU0),
    ("koi8r", "koi8_r", RU0),
    ("ibm866", "cp866", RU0),
    ("866", "cp866", RU0),
    ("iso8859-5", "iso8859_5", RU0),
    ("iso_8859-5:1988", "iso8859_5", RU0),
    ("cyrillic", "iso8859_5", RU0),
    ("chinese", "gbk", ZH),
    ("x-gbk", "gbk", ZH),
    ("gb_2312-80", "gbk", ZH),
    ("cn-big5", "big5", ZHT),
    ("x-x-big5", "big5", ZHT),
    ("latin5", "iso8859_9", TR),
    ("arabic", "iso8859_6", AR),
    ("x-sjis", "cp932", JA),
    ("ks_c_5601-1987", "cp949", KO),
    ("mac-cyrillic", "mac_cyrillic", RU),
    ("x-mac-ukrainian", "mac_cyrillic", RU),
):
    in_feed(f"alias-prolog-{name}", xml(t, t * 3, name).encode(codec), "text/xml", t)
in_feed("header-unknown-is-utf8", xml(RU, RUB).encode(), "text/xml; charset=foo-99", RU)
in_feed("header-unknown-is-1251", xml(RU, RUB * 3).encode("cp1251"), "text/xml; charset=foo-99", RU)
in_feed("prolog-undefined-codec", xml(RU, RUB, "undefined").encode(), "text/xml", RU)
in_feed("header-utf7-plain", xml("Plain title", "x").encode(), "text/xml; charset=utf-7", "Plain title")
in_feed(
    "header-utf7-script-stays",
    xml("+ADw-script+AD4-", "x", "utf-7").encode(),
    "text/xml; charset=utf-7",
    "+ADw-script+AD4-",
)
in_feed("header-base64-codec", xml("Plain title", "x").encode(), "text/xml; charset=base64", "Plain title")
in_feed("header-idna-codec", xml("Plain title", "x").encode(), "text/xml; charset=idna", "Plain title")
in_feed("header-rot13", xml("Plain title", "x").encode(), "text/xml; charset=rot13", "Plain title")
in_feed("header-ebcdic-lie", xml("Plain title", "x").encode(), "text/xml; charset=cp037", "Plain title")
in_feed("header-x-user-defined", xml(RU, RUB).encode(), "text/xml; charset=x-user-defined", RU)
in_feed(
    "broken-one-byte-utf8",
    xml(RU, RUB, "utf-8").encode()[:-60] + b"\xff" + xml(RU, RUB, "utf-8").encode()[-60:],
    "text/xml",
    RU,
)
in_feed(
    "broken-cut-character",
    xml(RU, RUB, "utf-8").encode().replace("осенью".encode(), "осен".encode() + b"\xd1"),
    "text/xml",
    RU,
)
in_feed(
    "broken-latin1-byte-in-utf8", xml(RU, "caf@ " + RUB, "utf-8").encode().replace(b"caf@", b"caf\xe9"), "text/xml", RU
)
in_feed(
    "broken-one-cp1251-byte-undefined",
    xml(RU, RUB, "windows-1251").encode("cp1251").replace(b"\xcb", b"\x98", 1),
    "text/xml",
    RU,
)
in_feed(
    "broken-1251-quote-in-utf8",
    xml(RU, "word@ " + RUB, "utf-8").encode().replace(b"word@", b"\xabword\xbb"),
    "text/xml",
    RU,
)
in_feed(
    "broken-gbk-half",
    xml(ZH, ZHB, "gbk").encode("gbk").replace("秋季".encode("gbk"), "秋".encode("gbk") + b"\xb6"),
    "text/xml",
    ZH,
)
in_feed("overlong-utf8", xml(RU, RUB + "@", "utf-8").encode().replace(b"@", b"\xc0\xbcscript\xc0\xbe"), "text/xml", RU)
in_feed(
    "cesu-surrogates",
    xml("Summit @ opens", "x", "utf-8").encode().replace(b"@", b"\xed\xa0\xbd\xed\xb8\x80"),
    "text/xml",
    "re:Summit .* opens",
)
in_feed("nul-bytes-in-utf8", xml(RU, "x\x00y " + RUB).encode(), "text/xml", RU)
in_feed(
    "prolog-single-quote",
    xml(RU, RUB).replace('version="1.0"', "version='1.0' encoding='windows-1251'").encode("cp1251"),
    "text/xml",
    RU,
)
in_feed(
    "prolog-spaces",
    xml(RU, RUB)
    .replace('<?xml version="1.0"?>', '<?xml  version = "1.0"\n encoding = "windows-1251" standalone="no" ?>')
    .encode("cp1251"),
    "text/xml",
    RU,
)
in_feed("prolog-after-newlines", b"\r\n\r\n" + xml(RU, RUB, "windows-1251").encode("cp1251"), "text/xml", RU)
in_feed(
    "prolog-upper-case",
    xml(RU, RUB).replace('<?xml version="1.0"?>', '<?XML VERSION="1.0" ENCODING="windows-1251"?>').encode("cp1251"),
    "text/xml",
    RU,
)
in_feed(
    "mixed-items-utf8-and-1251",
    xml(RU, RUB + "@", "utf-8").encode().replace(b"@", "Тест".encode("cp1251")),
    "text/xml",
    RU,
)
in_feed("ascii-only-header-utf16", xml("Plain title", "x").encode(), "text/xml; charset=utf-16", "Plain title")
in_feed("kazakh-utf8-lie-1251", xml(KK, KKB, "windows-1251").encode(), "text/xml", KK)
in_feed("hindi-utf8-lie-1252", xml(HI, HI, "windows-1252").encode(), "text/xml; charset=windows-1252", HI)
in_feed("persian-utf8-lie-1256", xml(FA, FAB, "windows-1256").encode(), "text/xml", FA)
in_feed("short-utf8-title-lie-latin1", xml("Café", "x", "iso-8859-1").encode(), "text/xml; charset=iso-8859-1", "Café")
in_feed(
    "charref-in-1251",
    xml("Саммит &#8212; &#x41F;уть", RUB, "windows-1251").encode("cp1251"),
    "text/xml",
    "Саммит — Путь",
)
in_feed("charrefs-only-ascii", xml("".join(f"&#{ord(c)};" for c in RU0), "x", "us-ascii").encode(), "text/xml", RU0)
in_page(
    "html-meta-http-equiv-1251",
    html(RU, RUB, '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">').encode("cp1251"),
    "text/html",
    RU,
)
in_page(
    "html-meta-late-2k",
    html(RU, RUB, "<!--" + "x" * 2000 + '--><meta charset="windows-1251">').encode("cp1251"),
    "text/html",
    RU,
)
in_page("html-meta-utf8-is-1251", html(RU, RUB * 3, '<meta charset="utf-8">').encode("cp1251"), "text/html", RU)
in_page("html-meta-1251-is-utf8", html(RU, RUB, '<meta charset="windows-1251">').encode(), "text/html", RU)
in_page(
    "html-header-utf8-meta-1251-is-1251",
    html(RU, RUB, '<meta charset="windows-1251">').encode("cp1251"),
    "text/html; charset=utf-8",
    RU,
)
in_page(
    "html-header-latin1-meta-utf8",
    html(RU, RUB, '<meta charset="utf-8">').encode(),
    "text/html; charset=ISO-8859-1",
    RU,
)
in_page("html-meta-utf16-is-utf8", html(RU, RUB, '<meta charset="utf-16">').encode(), "text/html", RU)
in_page(
    "html-meta-in-comment",
    html(RU, RUB, '<!-- <meta charset="koi8-r"> --><meta charset="windows-1251">').encode("cp1251"),
    "text/html",
    RU,
)
in_page("html-meta-unquoted", html(RU, RUB, "<META CHARSET=windows-1251>").encode("cp1251"), "text/html", RU)
in_page(
    "html-xml-prolog",
    ('<?xml version="1.0" encoding="windows-1251"?>' + html(RU, RUB)).encode("cp1251"),
    "application/xhtml+xml",
    RU,
)
in_page("html-gb18030-mark", b"\x84\x31\x95\x33" + html(G4, ZHB).encode("gb18030"), "text/html", G4)
in_page("html-gbk-header-latin1", html(ZH, ZHB).encode("gbk"), "text/html; charset=ISO-8859-1", ZH)
in_page("html-broken-one-byte", html(RU, RUB, '<meta charset="utf-8">').encode() + b"<p>\xff\xfe</p>", "text/html", RU)


@pytest.mark.parametrize(
    ("body", "content_type", "title", "kind"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_document_is_read_as_a_person_would(body: bytes, content_type: str, title: str, kind: str) -> None:
    if kind == "feed":
        url = "https://www.example.org/rss.xml"
        found = feed.read(body, content_type, Address(url=url), url).entries[0].title
    else:
        match = re.search("<title>(.*?)</title>", decode(body, content_type), re.DOTALL)
        assert match is not None
        found = match[1]
    assert re.fullmatch(title.removeprefix("re:") if title.startswith("re:") else re.escape(title), found)


def test_a_character_of_chinese_that_may_be_utf8_by_chance_is_none() -> None:
    """Few characters prove nothing: these are both."""
    body = xml("学习", "x", "gbk").encode("gbk")
    assert body.decode("utf-8")
    assert (
        feed.read(body, "text/xml", Address(url="https://x.example/"), "https://x.example/").entries[0].title == "学习"
    )


@pytest.mark.parametrize(
    ("body", "content_type", "as_said"),
    [
        (xml(RU, RUB, "windows-1251").encode("cp1251"), "text/xml", True),
        (xml(RU, RUB, "windows-1251").encode(), "text/xml", False),
        (xml(RU, RUB, "windows-1251").encode("cp1251"), "text/xml; charset=iso-8859-1", True),
        (xml(RU, RUB, "utf-8").encode(), "text/xml; charset=windows-1251", False),
        (xml(RU, RUB).encode("cp1251"), "text/xml; charset=iso-8859-1", False),
        (xml(RU, RUB).encode(), "text/xml", True),
        (xml(RU, RUB).encode(), "text/xml; charset=nonsense", False),
    ],
)
def test_what_is_named_first_is_told_from_what_it_is(body: bytes, content_type: str, as_said: bool) -> None:
    assert is_as_said(body, content_type) is as_said
