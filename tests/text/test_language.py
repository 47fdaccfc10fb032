"""Languages told apart: by script, by the source's own languages, by the model."""

from __future__ import annotations

import subprocess
import sys

import pytest

from monitor.text.language import detect

TOLD = {
    "en": ("Foreign ministers of the member states met in Bishkek on Tuesday to prepare the summit.", "en"),
    "ru": ("Министры иностранных дел стран объединения собрались во вторник в Бишкеке.", "ru"),
    "zh": ("外长们星期二在比什凯克举行会议，为峰会做准备。", "zh"),
    "zh traditional": ("外長們星期二在比什凱克舉行會議。", "zh"),
    "zh with latin": ("SCO峰会在天津举行 Xi Jinping 致辞", "zh"),
    "kk": ("Сыртқы істер министрлері сейсенбі күні Бішкекте кездесіп, саммитке дайындықты талқылады.", "kk"),
    "ky": ("Тышкы иштер министрлери шейшемби күнү Бишкекте жолугуп, саммитке даярдыкты талкуулашты.", "ky"),
    "uz": ("Tashqi ishlar vazirlari seshanba kuni Bishkekda uchrashib, sammitga tayyorgarlikni muhokama qildi.", "uz"),
    "uz cyrillic": (
        "Ташқи ишлар вазирлари сешанба куни Бишкекда учрашиб, саммитга тайёргарликни муҳокама қилди.",
        "uz",
    ),
    "tg": ("Вазирони корҳои хориҷӣ рӯзи сешанбе дар Бишкек вохӯрда, омодагиро ба нишаст баррасӣ карданд.", "tg"),
    "fa": ("وزیران خارجه کشورهای عضو روز سه‌شنبه در بیشکک برای آماده‌سازی نشست دیدار کردند.", "fa"),
    "ur": ("رکن ممالک کے وزرائے خارجہ نے منگل کو بشکیک میں سربراہی اجلاس کی تیاری کے لیے ملاقات کی۔", "ur"),
    "ar": ("اجتمع وزراء خارجية الدول الأعضاء يوم الثلاثاء في بيشكيك للتحضير لقمة المنظمة.", "ar"),
    "hi": ("सदस्य देशों के विदेश मंत्री मंगलवार को बिश्केक में मिले।", "hi"),
    "be": ("Міністры замежных спраў краін-удзельніц сустрэліся ў аўторак у Бішкеку.", "be"),
    "uk": ("Міністри закордонних справ країн-учасниць зустрілися у вівторок у Бішкеку.", "uk"),
    "tr": ("Üye ülkelerin dışişleri bakanları salı günü Bişkek'te bir araya gelerek zirveyi görüştü.", "tr"),
    "mn": ("Гишүүн орнуудын Гадаад хэргийн сайд нар мягмар гарагт Бишкек хотод уулзлаа.", "mn"),
    "az": ("Üzv ölkələrin xarici işlər nazirləri çərşənbə axşamı Bişkekdə görüşüblər.", "az"),
    "de": ("Die Außenminister der Mitgliedstaaten trafen sich am Dienstag in Bischkek.", "de"),
    "fr": ("Les ministres des affaires étrangères se sont réunis mardi à Bichkek.", "fr"),
    "es": ("Los ministros de Exteriores de los países miembros se reunieron el martes en Biskek.", "es"),
    "it": ("I ministri degli esteri dei paesi membri si sono riuniti martedì a Bishkek.", "it"),
    "ps": ("د غړو هېوادونو د بهرنیو چارو وزیرانو د سه شنبې په ورځ په بیشکېک کې وکتل.", "ps"),
    "ja": ("加盟国の外相は火曜日にビシュケクで会談した。", "ja"),
    "ko": ("회원국 외교장관들이 화요일 비슈케크에서 만났다.", "ko"),
}


@pytest.mark.parametrize(("text", "lang"), TOLD.values(), ids=TOLD.keys())
def test_tells(text: str, lang: str) -> None:
    assert detect(text) == lang


NARROWED = {
    "short headline": ("Саммит открылся", ["be"], "be"),
    "one of two": ("Встреча министров прошла в Бишкеке", ["ky", "ru"], "ru"),
    "other script than allowed": ("外长会议在比什凯克举行", ["en"], "zh"),
    "script decides between allowed": ("Вазирон дар Душанбе мулоқот карданд", ["en", "tg"], "tg"),
    "not usual but named": ("Ministrowie spotkali się we wtorek", ["pl"], "pl"),
    "unknown code": ("Foreign ministers met on Tuesday in the capital", ["xx"], "en"),
    "capitals": ("ПУТИН ПРИБЫЛ В ДУШАНБЕ НА ПЕРЕГОВОРЫ", ["ru", "tg"], "ru"),
}


@pytest.mark.parametrize(("text", "allowed", "lang"), NARROWED.values(), ids=NARROWED.keys())
def test_narrowed_by_source(text: str, allowed: list[str], lang: str) -> None:
    assert detect(text, allowed) == lang


@pytest.mark.parametrize("text", ["", "2025", "C5+1", "Путин", "中亚", "!?… 😀 \ud800"])
def test_too_little(text: str) -> None:
    assert detect(text) is None


def test_model_is_loaded_only_when_needed() -> None:
    code = (
        "import sys; from monitor.text.language import detect; "
        "assert detect('外长会议在比什凯克举行') == 'zh'; assert detect('Ministers met', ['en', 'ru']) == 'en'; "
        "sys.exit('py3langid' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


WITHOUT_A_MODEL = {
    "english": ("The foreign ministers of the member states were received by the president, who said that they had "
                "come to an agreement with the bank and with the council of the organization.", "en"),
    "english in curly quotes": ("“It is the largest of the projects,” the minister said. “We’ve agreed with the "
                "partners that the road will be built by the end of the year.”", "en"),
    "russian": ("Министры иностранных дел стран объединения собрались в Бишкеке, чтобы подготовить саммит, и "
                "договорились о том, что банк будет создан к концу года, сообщил министр на встрече с послами.", "ru"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "lang"), WITHOUT_A_MODEL.values(), ids=WITHOUT_A_MODEL.keys())
def test_common_words_tell_without_a_model(text: str, lang: str) -> None:
    code = f"import sys; from monitor.text.language import detect; print(detect({text!r}), 'numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert run.stdout.split() == [lang, "False"]


QUOTING = {
    "dutch": ("nl", "De minister zei dat “the road of the people” een lied is van de groep uit Londen, en dat hij het "
              "gisteren met de leden van de raad in de zaal had gezongen voor het begin van de vergadering."),
    "uzbek": ("uz", "Vazirlar mahkamasi “The Road of the Silk and the Steppe” loyihasi haqida qaror qabul qildi va uni "
              "kelasi yilning oxirigacha tugatish kerakligini aytdi, deb xabar bermoqda milliy axborot agentligi."),
    "bulgarian": ("bg", "Министрите на външните работи се срещнаха в София и обсъдиха въпросите по сигурността на "
              "региона, както и по развитието на търговията, съобщи говорителят на министерството от трибуната."),
    "kyrgyz without its letters": ("ky", "Министрлер жана элчилер бул жыйында сапар, чек ара жана соода боюнча "
              "сыйлашуу менен кеп курушту, деп билдирди министрликтин басма сыз катчысы ишемби кундары."),
}  # fmt: skip


@pytest.mark.parametrize(("lang", "text"), QUOTING.values(), ids=QUOTING.keys())
def test_another_language_is_not_taken_for_english_or_russian(lang: str, text: str) -> None:
    assert detect(text, ("en", "ru", lang)) == lang
