"""Answers that are not what they seem: pages that ask for proof of being human, letters of a wrong encoding. Pure."""

from __future__ import annotations

import re
from functools import cache

# what such pages say, in any language they are known to come in
_PHRASES = (
    r"just a moment|checking (?:if the site connection is secure|your browser)|enable javascript and cookies"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:robot|human)|unusual traffic|attention required"
    r"|ddos[- ]?guard|request unsuccessful\. incapsula|access to this page has been denied|complete the security check"
    r"|проверка (?:вашего )?(?:браузера|безопасности)|подтвердите,? что (?:вы|запросы|запрос)|вы не робот|я не робот"
    r"|доступ к сайту (?:временно )?(?:ограничен|заблокирован)|запрос заблокирован"
    r"|安全验证|人机验证|访问验证|正在验证|请完成验证|浏览器安全检查|请开启javascript"
    r"|التحقق من (?:أنك|أنك إنسان|المتصفح)|بررسی مرورگر|تأیید کنید که ربات نیستید"
)
# how they are made: a script, a form or a reload that does the asking
_MACHINERY = (
    r"/cdn-cgi/|cf[-_]chl|__cf_|challenge-platform|turnstile|g-recaptcha|h-?captcha|smartcaptcha|_incapsula_|ddos-guard"
    r"|captcha|http-equiv=[\"']?refresh|document\.cookie|location\.reload|window\.location|<form|<noscript"
)
_HIDDEN, _TAG = r"<(script|style|svg|noscript)\b", r"<[^<>]*>"
_LOOKED_AT = 128 * 1024
#: Such a page has little to read and leads nowhere.
_LETTERS, _LINKS = 1_500, 12

# encodings that UTF-8 is taken for by mistake
_MISTAKEN = ("cp1252", "latin-1", "cp1251")
_REPLACED = "\ufffd"
_GARBLED_LOOKED_AT = 2_000
_ASCII = bytes(range(128))


def is_challenge(body: bytes) -> bool:
    """Whether the page asks for proof of being human in place of showing what it should: by its words and its make."""
    if len(body) > _LOOKED_AT or b"<" not in body[:1024] or body.lower().count(b"<a ") > _LINKS:
        return False
    text = body.decode("utf-8", "replace")
    if not _pattern(_MACHINERY).search(text) or not _pattern(_PHRASES).search(text):
        return False
    return len(_seen(text)) <= _LETTERS


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Made when it is needed: few runs meet a page that has to be looked at so closely."""
    return re.compile(text, re.IGNORECASE)


def _seen(text: str) -> str:
    """What a reader sees of a page, about; in one go through it."""
    lower, shown, at = text.lower(), [], 0
    while hidden := _pattern(_HIDDEN).search(lower, at):
        shown.append(text[at : hidden.start()])
        end = lower.find(f"</{hidden[1]}", hidden.end())
        at = len(text) if end < 0 else end
    shown.append(text[at:])
    return " ".join(_pattern(_TAG).sub(" ", " ".join(shown)).split())


def is_garbled(text: str) -> bool:
    """Whether the text shows that its bytes were read in a wrong encoding."""
    if text.isascii():
        return False
    text = text[:_GARBLED_LOOKED_AT]
    if text.count(_REPLACED) * 50 > len(text):
        return True
    strange = _beyond_ascii(text)
    return any(_was_utf_8(text, encoding, strange) for encoding in _MISTAKEN)


def _was_utf_8(text: str, encoding: str, strange: int) -> bool:
    """Whether the text makes sense as UTF-8 that was read in that encoding: what was meant so never does."""
    meant = text.encode(encoding, "ignore")
    high = len(meant.translate(None, _ASCII))
    if 2 * high < strange:
        return False
    read = meant.decode("utf-8", "replace")
    bad = read.count(_REPLACED)
    good = _beyond_ascii(read) - bad
    return good >= 2 and good > 2 * bad


def _beyond_ascii(text: str) -> int:
    """How many characters are not of ASCII; each of them is asked of every article, so in C."""
    return len(text) - len(text.encode("ascii", "ignore"))
