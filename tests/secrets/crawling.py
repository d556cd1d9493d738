"""All that a person can get out of the site about one case, byte for byte but for the mask.

From his first page along every link, then every address of the site with the identifiers that he
may know: pages, the API, exports, evidence. What is kept of an answer is its status, its headers
and its body, an archive by its members.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from itertools import takewhile
from urllib.parse import urlsplit

from django.test import Client
from django.urls import URLPattern, get_resolver

MASK = (
    (rb"(?<![0-9a-f])[0-9a-f]{128}(?![0-9a-f])", b"<signature>"),
    (rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", b"<hash>"),
    (rb"(?<![0-9a-f])[0-9a-f]{12}(?=\xe2\x80\xa6)", b"<hash>"),
    (rb'(?<=csrfmiddlewaretoken" value=")\w{64}', b"<token>"),
    (rb'(?<="csrf":")\w{64}', b"<token>"),
    (rb"(?<=\?key=)[\w-]{43}", b"<signature>"),
    (rb"(?<![\w+/=])[\w+/]{43}=(?![\w+/=])", b"<base64 of a hash>"),
    (rb"(?<=^\xe2\x80\x94 )(\S+) [\w+/]{90,110}=*$", rb"\1 <signature>"),
    (rb"(?<=\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d\.\d{6}(Z|\+08:00)", b"T<time>"),
    (rb"(?<=\d{4}-\d\d-\d\d)T\d\d(%3A|:)\d\d(%3A|:)\d\dZ?", b"T<time>"),
    (rb"(?<![\d:])\d\d:\d\d(:\d\d)?(?![\d:])", b"<time>"),
    (rb"\d+(?= \xe5\x88\x86\xe9\x92\x9f)", b"<minutes>"),
)
"""What differs between any two runs, and nothing else: hashes, salts and signatures by their
length, tokens by where they stand, times of day but not the days."""
_MASK = [(re.compile(pattern, re.M), to) for pattern, to in MASK]
LINK = re.compile(r'(?:href|action|hx-get)="(/[^"#]*)')
UNLIKE = ("/static/", "/logout/")


def mask(body: bytes, known: Iterable[bytes] = ()) -> bytes:
    """The bytes without what differs between any two runs, nor the `known` random values."""
    for value in known:
        body = body.replace(value, b"<random>")
    for pattern, to in _MASK:
        body = pattern.sub(to, body)
    return body


def routes() -> list[str]:
    """Every address of the site that may be read, `<name>` for each of its values."""

    def walk(patterns, before=""):
        for one in patterns:
            whole = before + re.sub(r"^\^|\$$|\\", "", str(one.pattern))
            if not isinstance(one, URLPattern):
                yield from walk(one.url_patterns, whole)
            elif hasattr(getattr(one.callback, "cls", Client), "get"):  # an act is none
                yield whole

    return [re.sub(r"<\w+:", "<", one) for one in walk(get_resolver().url_patterns)]


class Crawl:
    """One visitor with his browser. `values` fill the places of addresses; he looks at addresses
    that hold `within` and not `elsewhere`: other cases, and pages of nothing but hashes."""

    def __init__(
        self,
        client: Client,
        values: Sequence[dict[str, str]],
        elsewhere: re.Pattern[str],
        within: re.Pattern[str],
    ) -> None:
        self.client, self.values = client, values
        self.elsewhere, self.within = elsewhere, within

    def answers(self, *more: str, known: Iterable[bytes] = ()) -> dict[str, bytes]:
        """Address → what was answered, both masked; `more` are addresses that nothing links to."""
        found: dict[str, bytes] = {}
        waiting = ["/", *more, *self.addresses()]
        while waiting:
            address = waiting.pop()
            if address not in found and self.is_wanted(address):
                found[address], links = self.get(address, known)
                waiting += links
        return {mask(one.encode(), known).decode(): body for one, body in found.items()}

    def is_wanted(self, address: str) -> bool:
        """Whether the address is of this site, changes nothing and is to be looked at."""
        ours = self.within.search(address) and not self.elsewhere.search(address)
        return bool(ours) and not address.startswith(UNLIKE)

    def addresses(self) -> Iterator[str]:
        """Every address without places, and the others with all values that have every place."""
        for route in routes():
            places = set(re.findall(r"<(\w+)>", route))
            for value in self.values if places else [{"about": ""}]:
                if places <= value.keys() and ("kind" in places or value["about"] in route):
                    yield "/" + re.sub(r"<(\w+)>", lambda place, of=value: of[place[1]], route)

    def get(self, address: str, known: Iterable[bytes]) -> tuple[bytes, list[str]]:
        """The answer to one address, and the links in it."""
        answer = self.client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        head = f"{answer.status_code} {sorted(answer.headers.items())}\n".encode()
        if body.startswith((b"PK", b"%PDF")):
            head = re.sub(rb"'Content-Length', '\d+'", b"", head)
            # The record sheet's file packs hashes with what is written; the same form is a page.
            body = _members(body) if body.startswith(b"PK") else b"%PDF"
        links = [unescape(one) for one in LINK.findall(body.decode(errors="replace"))]
        location = urlsplit(answer.headers.get("Location", ""))
        links += [location.path] if location.path else []
        return mask(head + body, known), links


def _members(body: bytes) -> bytes:
    """An archive as its members, names and bytes; of the file of raw hashes only how many."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if "leaves" in parts:
        parts["leaves"] = b"%d" % len(parts["leaves"])
    return b"\n".join(sorted(mask(name.encode() + b"\n" + part) for name, part in parts.items()))


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> dict[str, tuple[str, str]]:
    """Address → the first lines in which two crawls differ, "" for what one of them lacks."""
    found = {}
    for address in sorted(one.keys() | other.keys()):
        bodies = one.get(address, b""), other.get(address, b"")
        if bodies[0] != bodies[1]:
            found[address] = _first(*(body.decode(errors="replace") for body in bodies))
    return found


def _first(one: str, other: str) -> tuple[str, str]:
    lines = one.splitlines(), other.splitlines()
    pairs = zip(*lines, strict=False)
    short = (f"{len(lines[0])} lines", f"{len(lines[1])} lines")
    left, right = next(((a, b) for a, b in pairs if a != b), short)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))
    start = max(0, len(list(same)) - 60)
    return left[start : start + 200], right[start : start + 200]
