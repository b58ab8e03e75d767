"""Web addresses in a text, with a scheme or without one ("bit.ly/abc"), and what no address is ("and/or", "3.5/10")."""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2

# Seen so often without a path that the bare host counts.
_BARE = frozenset(
    "com net org info biz co io me ru cn xyz top site online shop club ly gl link click live tv uk us de fr eu".split()
)
_COUNTRIES = frozenset(
    "ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf "
    "cg ch ci ck cl cm cr cu cv cw cx cy cz dj dk dm do dz ec ee eg es et fi fj fk fm fo ga gd ge gf gg gh gi gm gn gp "
    "gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in iq ir is it je jm jo jp ke kg kh ki km kn kr kw ky kz la lb "
    "lc li lk lr ls lt lu lv ma mc md mg mk ml mm mn mo mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu "
    "nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su "
    "sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tw tz ua ug uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw".split()
)
_GENERIC = frozenset(
    "academy agency app art asia bar best bet bid bio black blog blue buzz cab cam camp cars cash casino cat center chat "
    "cheap church city cloud codes coffee community company cool credit crypto cyou dating deals dev digital direct "
    "discount dog domains download earth edu email energy events exchange expert express fail fans farm finance fit "
    "fitness fun fund fyi games gay gift global gold gov group guide guru health help host house icu ink institute int "
    "international jobs kim lat legal life lol loan loans ltd market marketing media men mil mobi moe money monster name "
    "network news ninja one page party pharmacy photo photos pics pink plus poker porn press pro promo pub quest racing "
    "red rent rest review reviews rip rocks run sale sbs school science services sex sexy social software solutions "
    "space store stream studio style support surf systems tax team tech tel tips today tools tours toys trade trading "
    "travel tube university uno vegas video vip vote vpn watch wang webcam website wiki win wine work works world wtf yoga zone".split()
)
# Also words, degrees or the endings of files: an address only where the path looks like one.
_DOUBTFUL = frozenset(
    "ad am as at be by cc co do id in is it la ma me md mo my na no om pa pl pm ps py re rs sc sh so st to us "
    "art best black blue bar cat cool dog fit fun gold help house int life lol men money name one page party pink pro red "
    "rest run sale school science sex social space store style team today travel video vote watch win wine work world".split()
) - frozenset(("co", "me", "us"))
SHORT_HOSTS = frozenset(
    "bit.ly bitly.com bit.do t.co tinyurl.com tiny.cc tiny.one goo.gl goo.su ow.ly buff.ly is.gd v.gd rb.gy cutt.ly "
    "shorturl.at short.gy shorte.st adf.ly ouo.io soo.gd clk.sh exe.io bc.vc lnkd.in fb.me wp.me amzn.to amzn.eu a.co "
    "youtu.be t.me wa.me trib.al dlvr.it spoti.fi nyti.ms reut.rs bbc.in wapo.st cnn.it apne.ws econ.st tcrn.ch t.ly "
    "s.id u.to x.co tr.im db.tt su.pr po.st j.mp git.io gg.gg snip.ly urlz.fr hubs.li hubs.la dub.sh kutt.it surl.li "
    "clck.ru vk.cc tny.im bl.ink qr.ae mcaf.ee linktr.ee redd.it flip.it ift.tt pin.it g.co g.page msft.it aka.ms "
    "lin.ee m.me discord.gg vm.tiktok.com linkvertise.com".split()
)

_DOT = re.compile(r"\.[A-Za-z]{2}")
_MAY_BE = re2.compile(r"(?i)href|https?:|hxxp|www\.|[a-z0-9]\.[a-z]{2}")
_MARKED = re.compile(r"(?:https?://|hxxps?://|www\.)[^\s<>\"']{1,2000}", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}([a-z]{2,15})(?=/|(?![\w.-]))", re.IGNORECASE)
_PATH = re.compile(r"/[^\s<>\"']{0,2000}")
_START_OF_PATH = 80  # what is looked at before the ending is trusted: a whole path each time would cost too much
_OF_AN_ADDRESS = re.compile(r"[0-9_=?&%#-]")


def may_have_addresses(text: str) -> bool:
    """Whether a text as written may hold addresses. The first tests are many times as fast as the expression."""
    lowered = text.lower()
    is_candidate = ":" in text or "=" in text or _DOT.search(text) or "www." in lowered or "hxxp" in lowered
    return bool(is_candidate) and _MAY_BE.search(text) is not None


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """The ranges of all addresses, in order."""
    at = 0
    marked = list(_MARKED.finditer(text))
    for one in marked:
        yield from _bare(text, at, one.start())
        yield one.span()
        at = one.end()
    yield from _bare(text, at, len(text))


def _bare(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Addresses without a scheme that begin in a range."""
    at = first
    while at < last and (host := _HOST.search(text, at, last)):
        at = host.end()
        start = _PATH.match(text, at, min(last, at + _START_OF_PATH))
        if _is_address(host.group().lower(), host.group(1).lower(), start.group() if start else ""):
            path = _PATH.match(text, at, last)
            at = path.end() if path else at
            yield host.start(), at


def _is_address(host: str, ending: str, path: str) -> bool:
    if host in SHORT_HOSTS:
        return len(path) > 1 or ending in _BARE
    if ending in _BARE:
        return True
    if len(path) < 2 or not path[1].isalnum():
        return False
    if ending in _DOUBTFUL:
        return _OF_AN_ADDRESS.search(path) is not None
    return ending in _COUNTRIES or ending in _GENERIC
