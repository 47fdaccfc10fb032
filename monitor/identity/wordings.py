"""How texts say where they come from, in the languages of the pack.

Wordings are written as they stand in texts and folded here (monitor.text.fold) like the texts they are looked for in::

    {A}     the name of an agency, with or without quotation marks and endings
    {D}     the same in the dative of a language that shows it: whom somebody told, or what somebody leans on
    ~       up to four words that may stand there: "the state news", "российское агентство"
    *       any ending of the word
    …       anything in the same sentence
    (a|b)   one of them; (a)? or nothing

What is not here is as important: "told TASS", «сообщил ТАСС Песков», "in an interview with", "quoted by", "a Reuters
poll" name an agency, but not as the origin of the text.
"""

from __future__ import annotations

import re
from functools import cache

from monitor.text.fold import HAN, fold

#: What stands for a name in a masked text: as listed, in the dative, weak, weak in the dative.
STRONG, DATIVE, WEAK, WEAK_DATIVE = "\ue000\ue001\ue002\ue003"
ANY = f"[{STRONG}{DATIVE}{WEAK}{WEAK_DATIVE}]"
MASKS = re.compile(ANY)

# ---------------------------------------------------------------------------------------------- what may stand between

_FILL = {
    "en": r"(?:(?!(?:by|to|with|that|who|which|told|and|citing|quoting|said|says|officials|sources?|documents?|"
    r"people)\b)"
    r"[\w'.-]+ ){0,6}?",
    "ru": r"(?:(?:агентств|информагентств|информационн|новостн|корреспондент|корр|собкор|телеграфн|портал|издани|"
    r"газет|"
    r"журнал|телеканал|сайт|российск|китайск|казахстанск|казахск|иранск|индийск|пакистанск|узбекистанск|узбекск|"
    r"кыргызск|киргизск|таджикск|белорусск|турецк|монгольск|британск|американск|французск|немецк|японск|афганск|"
    r"западн|государственн|официальн|национальн|международн|местн|пресс-служб|миа|ниа|книа|амит|ниат|телеграм-канал|"
    r"(?:во? )?(?:понедельник|вторник|сред[уы]|четверг|пятниц|суббот|воскресень)|сегодня|вчера|"
    r"\d{1,2} (?:янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)|"
    r"иа|сми|данные|сообщение|публикацию|материал|собственн|ведущ|центральн|деловое|деловая)\w*[.,]? ){0,6}?",
    "be": r"(?:(?:агенцтв|інфармагенцтв|беларуск|карэспандэнт|расійск|інфармацыйн|тэлеграфн|дзяржаўн)\w*\.? ){0,4}?",
    "kk": r"(?:(?:агенттіг|ақпарат|порталы|тілшісі|ресей|қытай|мемлекеттік|халықаралық|басылымы|хаа|телеарнасы|"
    r"қазақ)\w* ){0,4}?",
    "ky": r"(?:(?:агенттиг|маалымат|порталы|кабарчысы|россия|кытай|мамлекеттик|улуттук|эл|аралык|басылмасы|гезити|"
    r"ума)\w* ){0,4}?",
    "uz": r"(?:(?:agentlig|axborot|rossiya|xitoy|milliy|davlat|nashri|muxbiri|telekanali|portali|gazetasi|"
    r"o'z|manbalar|tayan|"
    r"агентлиг|ахборот|россия|хитой|миллий|давлат|нашри|мухбири|портали)\w* ){0,4}?",
    "tg": r"(?:(?:хабаргузор|агент|очонси|оҷонси|амит|ниат|хабарнигор|русия|россия|чин|эрон|давлати|миллии|"
    r"иттилоотии|"
    r"рузномаи|рӯзномаи|шабакаи|сомонаи|расмии|байналмилалии)\w* ){0,4}?",
    "fa": r"(?:(?!(?:به|با|که|را|از|استان|خلیج|دانشگاه)\b)\w+ ){0,4}?",
    "ar": r"(?:(?:لوكالة|وكالة|وكالات|أنباء|الأنباء|صحيفة|قناة|موقع|شبكة|\w+ية) ){0,4}?",
    "ur": r"(?:(?:خبر|رساں|ادارے|ادارہ|ایجنسی|نیوز|سرکاری|نشریاتی|روسی|چینی|ایرانی|بھارتی|پاکستانی|برطانوی|امریکی|"
    r"کی|اخبار|ٹی|وی|اردو) ){0,5}?",
    "hi": r"(?:(?:समाचार|न्यूज|एजेंसी|एजेंसियों|सरकारी|की|रूसी|चीनी|ईरानी|संवाद|अखबार|हिंदी) ){0,4}?",
    "mn": r"(?:(?:агентлаг|энэ|тухай|талаар|мэдээллийн|сурвалжлагч|сонин)\w* ){0,4}?",
    "tr": r"(?:(?:haber|ajans|resmi|rus|cin|iran|devlet|muhabiri|gazetesi)\w* ){0,4}?",
    "az": r"(?:(?:agentli|informasiya|muxbiri|dovlət|rusiya)\w* ){0,3}?",
    "zh": r"[^。,;:!?]{0,8}?",
}

# ---------------------------------------------------------------------------------------------- X reports

#: Of the sentence that they stand in: they speak for the whole text only where that sentence does.
REPORTS = {
    "en": [
        "according to ~{A}",
        "(as|was|were|been|first) reported by ~{A}",
        "reported by ~{A}",
        "(reports|reported|informs|writes) ~{A}",
        "{A}('s)? ~(reports|reported|informs|informed|writes|wrote|notes|revealed|claims|claimed)",
        "(seen|obtained|reviewed) by {A}",
        ", (the)? ~{A} ~said",
        "{A} ~has (reported|learned|learnt)",
        "{A} first reported",
        "{A} ~(quoted|quotes|cited|cites|learned|learnt)",
        "~{A} is reporting",
        "in a report by ~{A}",
        "(quoted|cited) as saying by ~{A}",
        "(citing|quoting|with reference to|referring to) ~{A}",
    ],
    "ru": [
        "(сообщает|сообщают|передает|передают|пишет|пишут|информирует|информируют|отмечает|уточняет|рассказывает|"
        "утверждает|утверждают) ~{A}",
        "как стало известно ~{A}",
        "как стало известно ~{D}",
        "{A} ~(сообщает|передает|пишет|информирует|отмечает|уточняет)",
        "по (данным|сообщению|сообщениям|информации|сведениям) ~{A}",
        "согласно (сообщению|информации|данным|публикации)? ~{A}",
        "как (сообщает|передает|пишет|информирует|отмечает|уточняет) ~{A}",
        "(сообщило|передало|написало|опубликовало|проинформировало) ~{A}",
        "(узнал|узнали|узнало|выяснил|выяснили|выяснило) ~{A}",
        "(его|ее|их) (слова)? ?(приводит|приводят|передает|цитирует|цитируют) ~{A}",
        "с котор* ознакомил* ~{A}",
        "в распоряжении ~{A}",
        "(сообщила|написала) (газета|служба|телекомпания) ~{A}",
        "{A} (сообщил|сообщило|сообщила|передал|передало|написал|написало|написала)(,| что| о| об| со ссылкой)",
        "со ссылкой на ~{A}",
        "ссылаясь на ~{A}",
        "сообщает ~со ссылкой на ~{A}",
    ],
    "be": [
        "(паведамляе|перадае|піша|паведаміла|інфармуе) ~{A}",
        "{A} ~(паведамляе|перадае|піша)",
        "па (інфармацыі|звестках|даных|паведамленні) ~{A}",
        "са спасылкай на ~{A}",
    ],
    "kk": [
        "деп (хабарлайды|хабарлады|жазды|жазады|жеткізді|мәлімдеді) ~{A}",
        "{A} ~(хабарлайды|хабарлады|жазады|жазды|жеткізді|тілшісі хабарлайды)",
        "{A} ~(хабарлауынша|мәліметінше|мәліметі бойынша|ақпаратынша|ақпараты бойынша|жазуынша|дерегінше|"
        "деректері бойынша|"
        "мәліметіне сүйенсек|хабарына сәйкес)",
        "{D} ~(сілтеме жаса*|сүйен*)",
        "{A} ~(агенттігіне|порталына|басылымына) сілтеме жаса*",
    ],
    "ky": [
        "деп (билдирет|кабарлайт|жазат|билдирди|кабарлады|жазды|маалымдайт|маалымдады) ~{A}",
        "{A} ~(билдирет|билдирди|кабарлайт|кабарлады|жазат|жазды|маалымдады|маалымдайт)",
        "{A} ~(маалыматына караганда|маалыматы боюнча|маалыматына ылайык|кабарына караганда|билдиришинче|"
        "жазышынча|кабарлоосунча)",
        "{D} ~(таянып|шилтеме*)",
        "{A} ~(агенттигине|порталына|басылмасына) (таянып|шилтеме*)",
    ],
    "uz": [
        "(deb|deya) (xabar|ma'lum) (ber*|qil*) ~{A}",
        "(deb|deya) (yoz*) ~{A}",
        "{A} ~(xabar ber*|xabar qil*|yozdi|yozmoqda|yozadi|ma'lum qil*|xabariga ko'ra|ma'lumotiga ko'ra|yozishicha|"
        "ma'lumotlariga ko'ra|xabariga qaraganda)",
        "{D} ~(ko'ra|tayan*|asoslan*|iqtibos*)",
        "{A} ~(agentligiga|nashriga|manbasiga) (tayan*|asoslan*|iqtibos*|ko'ra)",
        "(деб|дея) (хабар|маълум) (бер*|қил*) ~{A}",
        "(деб|дея) (ёз*) ~{A}",
        "{A} ~(хабар бер*|хабар қил*|ёзди|ёзмоқда|маълум қил*|хабарига кўра|маълумотига кўра|ёзишича)",
        "{D} ~(кўра|таян*|асослан*|иқтибос*)",
    ],
    "tg": [
        "{A} ~(хабар медиҳад|хабар дод|хабар додааст|хабар медиҳанд|гузориш медиҳад|гузориш дод|менависад|навишт|"
        "иттилоъ медиҳад|иттилоъ дод)",
        "(ба|бино ба|тибқи|мувофиқи) (гузориши|иттилои|хабари|маълумоти|навиштаи|ахбори) ~{A}",
        "ба нақл аз ~{A}",
        "(бо|ба) (истинод|такя) (ба|аз) ~{A}",
        "(хабар медиҳад|хабар дод|гузориш медиҳад|гузориш дод|менависад|навишт) ~{A}",
    ],
    "fa": [
        "به گزارش ~{A}",
        "به نقل از ~{A}",
        "(به نوشته|بنابر گزارش|بنا بر گزارش|بنا به گزارش|بر اساس گزارش|براساس گزارش|طبق گزارش|بنا بر اعلام) ~{A}",
        "{A} ~(گزارش داد|گزارش کرد|گزارش می دهد|گزارش داده|نوشت|می نویسد|خبر داد|خبر داده)",
        "خبرگزاری ~{A} اعلام کرد",
        "با استناد به ~{A}",
        "{A} (روز *|امروز|دیروز)? ?به نقل از",
    ],
    "ar": [
        "(ذكرت|أفادت|أوردت|نقلت|قالت|أعلنت|نشرت) ~{A}",
        "(نقلا|نقلًا) عن ~{A}",
        "(بحسب|حسب|وفق|وفقا) ~{A}",
    ],
    "ur": [
        "{A} ~(کے مطابق|کی رپورٹ کے مطابق|کی ایک رپورٹ کے مطابق|کی خبر کے مطابق|کی اطلاع کے مطابق)",
        "{A} ~(نے رپورٹ کیا|نے بتایا ہے|نے بتایا کہ|نے خبر دی|نے اطلاع دی|نے رپورٹ دی|نے اپنی رپورٹ)",
        "{A} ~(کے حوالے سے|کا حوالہ دیتے ہوئے)",
        "(خبر رساں ادارے|خبر رساں ادارہ|نیوز ایجنسی|خبر رساں ایجنسی|خبررساں ادارے) ~{A} ~(کے مطابق|نے بتایا|نے "
        "رپورٹ|نے خبر|نے کہا|کی رپورٹ)",
    ],
    "hi": [
        "{A} ~(के अनुसार|के मुताबिक|की रिपोर्ट के अनुसार|की रिपोर्ट के मुताबिक|की खबर के अनुसार|की खबर के मुताबिक)",
        "{A} ~(ने बताया कि|ने बताया है|ने यह जानकारी दी|ने खबर दी|ने रिपोर्ट दी|ने यह खबर दी|ने सूचना दी|ने अपनी रिपोर्ट)",
        "{A} ~के हवाले से",
        "{A} ने …के हवाले से",
        "(समाचार एजेंसी|न्यूज एजेंसी) ~{A} ~(के अनुसार|के मुताबिक|ने बताया कि|ने कहा|की रिपोर्ट)",
    ],
    "mn": [
        "^~{A}, …(гэж|гэсэн) (мэдээл*|бич*)",
        "{A} ~(мэдээлэв|мэдээллээ|мэдээлж байна|мэдээлснээр|мэдээлсэн байна|мэдээлжээ)",
    ],
    "tr": [
        "{A} ~(haberine göre|bildirdi|bildiriyor|aktardı|duyurdu|ajansının haberine göre|ajansı bildirdi)",
        "{D} ~(göre|dayandır*)",
        "^~{A}, …(bildirdi|yazdı|aktardı|öne sürdü)",
    ],
    "az": ["{A} ~(xəbər verir|xəbər verib|məlumat verir|məlumatına görə|bildirir|yazır)", "{D} ~istinadən"],
    "zh": [
        "(据|根据)~{A}[^。;:!?]{0,24}?(报道|消息|电|讯|披露|援引|报导|微博|客户端|网站)",
        "{A}(?![^。,;:!?]{0,2}(?:有关|关于|所谓))[^。,;:!?者]{0,14}?(报道|消息|报导)(称|说|,|:|。|指出|援引)",
        "{A}[^。,;:!?者]{0,10}?援引",
        "(援引|引述|综合)~{A}[^。,;:!?]{0,12}?(报道|消息|的话|称|说|报导)",
        "{A}[^。,;:!?者]{0,6}?(称|指出),",
    ],
}

#: Of the whole text, whatever sentence they stand in: "Об этом сообщает …".
WHOLE = {
    "en": [
        "(this|it|the news|this information|the information) (was|is|has been|were) ~(reported|announced|"
        "released|carried|published) by ~{A}",
        "(this|it) (was|is)? reported ~by ~{A}",
        "the (news|story|report) (was|were)? (first|originally)? (reported|published|broken|carried) by ~{A}",
        "{A} (was|were) (the)? first to report",
    ],
    "ru": [
        "(об|про) это[мй] ~(сообщает|передает|пишет|пишут|информирует|сообщают|передают|говорится в сообщении) ~{A}",
        "об этом (сообщил|сообщило|сообщила|передал|передало|передала|написал|написало|написала|проинформировал*|"
        "рассказал|рассказало) "
        "~{A}(.|,|;|$| со ссылкой)",
        "как (сообщил|сообщило|сообщила|передал|передало|передала|написал|написало|написала) ~{A}(.|,|;|$| со ссылкой)",
        "об этом ~(сообщает|пишет) ~со ссылкой на ~{A}",
        "об этом (сообщает|сообщают|пишет|передает) …(издание|агентство|газета|телеканал|портал) {A}",
        "^(сообщает|сообщают|передает|пишет|пишут) ~{A}(.|$)",
        "{A} (сообщает|пишет|передает) об этом",
        "об этом {A} (сообщает|пишет|передает)",
    ],
    "be": ["пра гэта (паведамляе|піша|перадае|паведаміла|паведаміў|напісала) ~{A}"],
    "kk": ["(бұл|ол|осы) (туралы|жөнінде|жайлы) ~{A} *(хабарла*|жаз*|мәлімде*|жеткіз*)", "деп хабарлайды ~{A}"],
    "ky": ["(бул|ал|ушул) (тууралуу|жөнүндө) ~{A} *(билдир*|кабарла*|жаз*|маалымда*)", "деп (билдирет|кабарлайт) ~{A}"],
    "uz": [
        "(bu haqda|bu haqida) ~{A} ~(xabar ber*|xabar qil*|yoz*|ma'lum qil*)",
        "(бу ҳақда|бу ҳақида) ~{A} ~(хабар бер*|хабар қил*|ёз*|маълум қил*)",
    ],
    "tg": [
        "(дар ин бора|инро|ин хабарро|дар бораи ин) ~{A} ~(хабар медиҳад|хабар дод|гузориш дод|гузориш медиҳад|"
        "навишт|менависад)"
    ],
    "fa": ["این (خبر|مطلب|گزارش) را ~{A} (منتشر کرد|گزارش داد|گزارش کرد|اعلام کرد)"],
    "ur": ["یہ (خبر|بات|اطلاع|رپورٹ) ~{A} (نے|کی)"],
    "hi": ["यह (खबर|जानकारी|रिपोर्ट) ~{A} (ने|की)"],
    "mn": ["(энэ|энэ тухай|энэ талаар) (тухай|талаар)? ~{A} ~мэдээл*"],
}

#: Right behind an agency that is the owner of something else, or does something else than report (English and Chinese).
NOT_BEFORE = re.compile(
    r"(?:'s?)? ?(?:(?:news agency|news|agency|\w+) )?(?:poll|survey|tally|tallies|calculations?|data|photo\w*|"
    r"pictures?|witness\w*|"
    r"journalists?|reporters?|columnists?|analys[ie]s|count|editors?|employees?|staff|board|chief|director|head|"
    r"bureau|"
    r"offices?|building|interview|institute|foundation|estimates?|pool|columnist|breakingviews|chairman|president|"
    r"ceo|"
    r"ranking|index|documentary|archive|said (?:it|its|in a statement|on its))\b"
)

_EARLIER = (
    *("earlier", "previously", "ранее", "напомним", "до этого", "прежде", "раней", "нагадаем", "бұған дейін"),
    *("бұдан бұрын", "еске салсақ", "буга чейин", "мурдараак", "эске салсак", "avvalroq", "bundan oldin"),
    *("eslatib o'tamiz", "аввалроқ", "бундан олдин", "эслатиб ўтамиз", "қаблан", "пештар", "ёдовар мешавем"),
    *("پیشتر", "پیش از این", "قبلا", "پیش تر", "قبل ازیں", "اس سے قبل", "اس سے پہلے", "इससे पहले", "पहले भी"),
    *("daha önce", "өмнө нь"),
)
_LAST = (
    *("летась", "былтыр", "өткен (?:жылы|айда)", "өткөн (?:жылы|айда)", "соли гузашта", "моҳи гузашта"),
    *("o'tgan (?:yili|oyda)", "ўтган (?:йили|ойда)", "geçen (?:yıl|ay)", "سال گذشته", "ماه گذشته"),
    *("گزشتہ (?:سال|ماہ)", "पिछले (?:साल|महीने)", "العام الماضي", "الشهر الماضي"),
)
_THEN = (
    r"(?:(?:last|in) (?:week|month|year|january|february|march|april|may|june|july|august|september|october|november|"
    rf"december|19\d\d|20\d\d)|(?:\w+ )?(?:years?|months?|weeks?) ago|в прошлом (?:году|месяце)|накануне|"
    rf"{'|'.join(map(fold, _LAST))})(?!\w)"
)

#: In the same sentence: what was reported at another time is background. A time says so only right behind the name,
#: or at the head of the sentence with the name next to it; elsewhere it is that of the events.
BACKGROUND = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(fold, _EARLIER))})(?!\w)|此前|早些时候|先前|早前|曾报道"
    rf"|^\W*{_THEN},? (?:[\w']+ ){{0,3}}{ANY}|{ANY}(?:'s?)?(?: [\w']+){{0,4}}? {_THEN}"
    rf"|(?:驳斥|否认|批驳|反驳|谴责|针对|就)了?{ANY}"
    rf"|{ANY}[^。,]{{0,8}}(?:去年|上月)|^\W*(?:去年|上月)[^。,]{{0,6}},?据?{ANY}"
)

#: Behind a name: another one that does the same. `TASS and RIA reported`.
AND = re.compile(
    rf"({ANY})(?:,? (?:and|и|і|және|жана|va|ва|و|اور|और|ve|болон) |、|和|与)(?:(?:the|агентств\w*) )?(?={ANY})"
)

# ---------------------------------------------------------------------------------------------- Source: X

LABELS = (
    *("source", "sources", "news source", "original source", "courtesy", "courtesy of", "credit", "via", "original"),
    *("источник", "источник информации", "источник новости", "первоисточник", "по материалам", "по информации"),
    *("источник материала", "оригинал", "оригинал материала", "крыніца", "паводле", "па матэрыялах"),
    *("дереккөз", "дереккөзі", "дерек көзі", "ақпарат көзі", "булак", "булагы", "маалымат булагы"),
    *("manba", "манба", "maqola manbasi", "манбаъ", "сарчашма", "kaynak", "mənbə", "эх сурвалж"),
    *("منبع", "منبع خبر", "ماخذ", "ذریعہ", "بشکریہ", "स्रोत", "सोर्स", "साभार", "समाचार स्रोत"),
)
HAN_LABELS = (
    "来源",
    "本文来源",
    "稿件来源",
    "文章来源",
    "新闻来源",
    "信息来源",
    "消息来源",
    "转自",
    "转载自",
    "编译自",
    "原载",
    "摘自",
)

#: Those that need no colon.
BARE_LABELS = ("по материалам", "بشکریہ", "साभार", "courtesy", "паводле")

#: A day and an hour before a label.
_AT = r"\W*(?:\d{4}[-/.年]|\d{1,2}[./]\d{1,2}[./]\d{4})[\W\d月日时分]*"

#: Values of a label that name nobody else.
OWN_WORDS = re.compile(
    r"(?:own|staff|our|agencies|agency|news agencies|wire|wires|internet|web ?desk|editor|social media|собственн|"
    r"собств|соб\b|редакци|агентства|сми|интернет|открыт|本站|本报|本网|原创|网络|综合|互联网|"
    r"ایجنسیاں|خبرگزاری ها|एजेंसी|एजेंसियां)"
)

# ---------------------------------------------------------------------------------------------- taken from X

#: What follows is the name, of an agency or of anybody.
TAKEN = (
    "this ~(article|story|piece|report|text|post|commentary|analysis|message|news|item|dispatch|interview) ~(was|"
    "is|has been|had been)? "
    "(first|originally|initially|also)? (published|appeared|posted|taken|republished|reprinted|rewritten|adapted|"
    "translated|reproduced|"
    "syndicated|sourced|auto-generated|generated|excerpted|prepared) ~(by|on|in|from|at|using)",
    "^(originally|first) (published|appeared|posted) (by|on|in|at)",
    "^(republished|reprinted|reproduced|rewritten|adapted|translated|taken|excerpted|compiled|rewritten) (with "
    "permission)? ?(from|with permission from)",
    "(reprinted|republished|reproduced) with (the)? ?(kind)? ?permission (of|from)",
    "^read the (original|full|original full) (article|story|report|piece|text|version) (on|at|in|by)",
    "^(оригинал)? ?(статья|статьи|материал|материала|текст|текста|заметка|новость|новости|интервью|публикация|"
    "публикации) (впервые|первоначально|изначально)? ?(был|"
    "была|было)? ?"
    "(опубликован*|вышл*|вышел|размещен*|взят*|переписан*|подготовлен*) (на сайте|на портале|в издании|"
    "в газете|агентством|изданием|порталом|"
    "по материалам|по информации|из|с сайта|с портала|в|на|с)?",
    "^(впервые|первоначально) опубликован* (на сайте|на портале|в издании|в газете|агентством|изданием|порталом|в|на)?",
    "^(перепечатано|перепечатка|перевод|переведено|взято|пересказ|перепост) (из|с сайта|с портала|с|материала|"
    "статьи|по материалам)?",
    "^(по материалам|подготовлено по материалам|на основе материалов|с использованием материалов|паводле "
    "матэрыялаў|па матэрыялах)",
    "(本文|文章|原文|本稿|此文)[^。,]{0,4}?(转载自|转自|来自|摘自|原载于|原载|首发于|刊发于|编译自|刊于|刊登于|发表于|来源于)",
    "^(转载自|编译自|摘编自|原载于|首发于|选自)",
    "^(برگرفته از|بازنشر از|ترجمه از|برگردان از|بازنشر شده از)",
    "^(بشکریہ|साभार|سے ماخوذ)",
)
#: The name comes first.
TAKEN_AFTER = (
    "{A} ~(materiallari asosida|materiallari bo'yicha|materiali asosida|материаллари асосида|материалдары негізінде|"
    "материалдары бойынша|материалы негізінде|материалдарынын негизинде|материалдары боюнча|materialları əsasında)",
    "(аз рӯи|дар асоси|бо истифода аз) (маводи|маводҳои) ~{A}",
    "{A} ~(سے ماخوذ|की रिपोर्ट पर आधारित|से साभार|سے لی گئی|के इनपुट)",
    "(تهیه شده|برگرفته) از ~{A}",
    "(auto-generated|generated|sourced|taken) (from|by|using) (a|an|the)? {A}",
    "(syndicated|syndication|agency|wire) feed (of|from|by) ~{A}",
)
#: Without one of these no sentence says TAKEN or UNNAMED.
TRIGGERS = (
    *(
        "publish",
        "appeared",
        "posted",
        "taken from",
        "taken by",
        "taken on",
        "taken in",
        "taken at",
        "taken using",
        "reprint",
        "rewritten",
        "adapted",
        "translated",
        "reproduced",
        "copied",
    ),
    *("syndicat", "sourced", "generated", "excerpted", "compiled", "read the", "feed", "prepared"),
    *(
        "опубликован",
        "вышл",
        "вышел",
        "появил",
        "размещен",
        "взят",
        "переписан",
        "обработан",
        "перепеч",
        "перевод",
        "переведен",
        "пересказ",
    ),
    *("перепост", "по материал", "па матэрыял", "паводле", "на основе материал", "материалов", "подготовлен"),
    *("转", "原载", "来源", "来自", "首发", "刊", "发表于", "编译", "摘", "选自"),
    *("برگرفته", "بازنشر", "ترجمه", "برگردان", "بشکریہ", "ماخوذ", "साभार"),
)
#: Taken from somebody who is not named.
UNNAMED = (
    "(taken|copied|adapted|reproduced) from (this|another|an external|a third-party) source",
    "rewritten (by|with|using) (artificial intelligence|ai|a machine|machine)",
    "(syndicated|syndication|agency|wire) feed",
    "(переписан*|обработан*) (искусственным интеллектом|нейросетью|автоматически)",
    "(本文|文章)[^。]{0,6}?(转载自网络|来源于网络|转自网络)",
)
#: Other people's reporting in a text of one's own.
INPUTS = (
    "with (agency)? ?(inputs?|files|reporting|material|materials|information|agency inputs) (from|by) ~{A}",
    "with {A} (inputs?|input)",
    "inputs? from ~{A}",
    "additional reporting by {A}",
    "(с использованием|с привлечением) (материалов|информации) ~{A}",
    "{A} (इनपुट|के इनपुट) (के साथ)?",
    "{A} (کی معلومات|ان پٹ)",
)
#: A line about a picture.
PICTURE = re.compile(
    r"(?<!\w)(?:photos?|photograph\w*|pictures?|images?|file|getty|screenshot|illustration|video|pool|фото|снимок|"
    r"видео|иллюстрац\w*|"
    r"сурет\w*|сүрөт\w*|surat\w*|foto\w*|сурат\w*|акс|fotoğraf|عکس|تصویر|تصاویر|فوٹو|फोटो|तस्वीर|здымак|"
    r"зураг)(?!\w)|图片?|摄|©.{0,40}/"
)


# ---------------------------------------------------------------------------------------------- made into patterns


@cache
def reports(lang: str) -> re.Pattern[str] | None:
    """Any of the wordings of a language for `X reports`, the name as the last group that took part."""
    return _either([_pattern(wording, lang) for wording in REPORTS.get(lang, ())])


@cache
def whole(lang: str) -> re.Pattern[str] | None:
    """The same for those that speak for the whole text."""
    return _either([_pattern(wording, lang) for wording in WHOLE.get(lang, ())])


@cache
def taken() -> re.Pattern[str]:
    """`Taken from`, up to where the name begins."""
    return re.compile("|".join(_pattern(wording, "en") + r"\s*:?\s*" for wording in TAKEN))


@cache
def taken_after() -> re.Pattern[str]:
    """The same with the name in it."""
    return re.compile("|".join(_pattern(wording, "uz") for wording in TAKEN_AFTER))


@cache
def triggers() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Folded: what labels begin with, and words without one of which no sentence says `taken from`."""
    labels = dict.fromkeys(fold(word) + mark for word in LABELS for mark in (":", " :", " -", " |", "-", "/"))
    labels.update(dict.fromkeys(fold(word) for word in (*HAN_LABELS, *BARE_LABELS)))
    return tuple(labels), tuple(dict.fromkeys(fold(word) for word in TRIGGERS))


@cache
def unnamed() -> re.Pattern[str]:
    return re.compile("|".join(_pattern(wording, "en") for wording in UNNAMED))


@cache
def inputs() -> re.Pattern[str]:
    return re.compile("|".join(_pattern(wording, "en") for wording in INPUTS))


@cache
def label() -> re.Pattern[str]:
    """A line, or the end of one in brackets, that says whose the text is: group 1 is what stands behind the label."""
    spaced = "|".join(sorted(map(re.escape, map(fold, LABELS)), key=len, reverse=True))
    han = "|".join(sorted(map(fold, HAN_LABELS), key=len, reverse=True))
    by_itself = "|".join(map(re.escape, map(fold, BARE_LABELS)))
    return re.compile(
        rf"(?:^(?:{_AT})?[\W_]*|[(\[]\s*)(?:(?:{spaced}|{han})\s*(?::|\s[-|]\s|-\s|/)|(?:转自|转载自|编译自|摘自)|(?:{by_itself})\s)"
        rf"\s*(?P<named>[^\n]{{1,90}})$|(?<![片图像频据料])来源\s*:\s*(?P<inside>[^\s|)\]]{{1,30}})"
        rf"|[.!?\"]\s+(?:{spaced})\s*[:-]\s*(?P<within>{ANY})"
    )


def _either(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _pattern(wording: str, lang: str) -> str:
    """A wording as a pattern for a folded and masked text."""
    name = (
        f"(?:{STRONG}|(?:(?<=, )|(?<=agency )|(?<=outlet )|(?<=агентство )|(?<=, the )){WEAK})"
        if wording.startswith("{A}")
        else f"(?:the )?[{STRONG}{WEAK}]"
    )
    made = wording.replace("…", "\x04").replace("~", "\x01").replace("{A}", "\x02").replace("{D}", "\x03")
    if not re.search(f"[{HAN}]", wording):  # those are patterns already
        made = made.replace(".", r"\.").replace("*", r"\w*").replace("(", "(?:").replace(")? ", ")? ?")
        if made.startswith("^"):
            made = made.replace("^", r"^[\W_]*")
        elif not made.startswith(","):
            made = rf"(?<!\w){made}"
        made = rf"{made}(?!\w)"
    made = _folded(made).replace("\x01", _folded(_FILL[lang]))
    return made.replace("\x04", "[^.!?]*").replace("\x02", name).replace("\x03", f"[{DATIVE}{WEAK_DATIVE}]")


def _folded(pattern: str) -> str:
    """The pattern with the letters of other alphabets folded; the rest is lower-case already."""
    return re.sub(r"[^\x00-\x7f]+", lambda m: fold(m[0]), pattern)
