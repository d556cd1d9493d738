"""Stand-alone verifier of an evidence bundle: one file, standard library only, Python 3.8 or later.

    python -I verify.py bundle.zip [--policy FILE] [--json] [--fast]

It shares no code with the program that wrote the bundle: every rule is taken from the public
contract (`formats.md`) and from the standards it names: RFC 8785 (canonical JSON), RFC 6962 (tree),
RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-policy.
Exit status: 0 consistent, 1 not consistent, 2 cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import hmac
import itertools
import json
import re
import sys
import time
import zipfile
import zlib
from collections import Counter
from fractions import Fraction
from typing import Any, Callable, Iterable, Iterator, NamedTuple

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    HAVE_CRYPTOGRAPHY = True
except ImportError:
    HAVE_CRYPTOGRAPHY = False

Json = Any  # a parsed JSON value of any shape: reading it may fail, see `strictly`

VERDICT_WITNESSED = "一致,且经监督方见证"
VERDICT_UNKNOWN_SIGNER = "一致,签名人身份未确认"
VERDICT_SEALED = "已封存,未见证"
VERDICT_BAD = "不一致"
VERDICT_UNREADABLE = "无法读取"

# ------------------------------------------------------------------------- 1. What is reported


class Unreadable(Exception):
    """The input is no bundle, or the policy no policy (exit status 2)."""


class Bad(Exception):
    """A rule is broken; the text is Chinese and says which. The caller adds where."""


def need(condition: object, text: str) -> None:
    """Raise Bad(text) unless the condition holds."""
    if not condition:
        raise Bad(text)


_MALFORMED = (KeyError, TypeError, AttributeError, IndexError, ValueError, ArithmeticError)


def strictly(check: Callable[[Any], Any], value: Json) -> Any:
    """Run a check over data of any shape; a shape it cannot read is Bad, not a crash."""
    try:
        return check(value)
    except _MALFORMED as error:
        raise Bad("内容的写法与约定不符") from error


class Where(NamedTuple):
    """Place of an entry: stream and n ("" and -1 in a line that cannot be parsed), log index."""

    stream: str
    n: int
    place: int

    def __str__(self) -> str:
        name = f"{self.stream} 第 {self.n} 条" if self.stream else "无法解析的条目"
        return f"{name}(日志序号 {self.place})"


class Finding(NamedTuple):
    """level is pass, fail or note; area is the English name of the check."""

    level: str
    area: str
    text: str
    where: Where | None = None

    def __str__(self) -> str:
        word = {"pass": "通过", "fail": "不通过", "note": "提示"}[self.level]
        return f"{word} {self.where}:{self.text}" if self.where else f"{word} {self.text}"

    def as_json(self) -> Json:
        out: dict[str, Json] = {"level": self.level, "area": self.area, "text": self.text}
        if self.where:
            out.update(stream=self.where.stream, n=self.where.n, index=self.where.place)
        return out


class Report:
    """Findings in the order they were made, and the verdict."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.verdict = VERDICT_BAD
        self.scope = ""
        self.size = 0
        self.missing: list[str] = []

    def failed(self, area: str, text: object, where: Where | None = None) -> None:
        self.findings.append(Finding("fail", area, str(text), where))

    def noted(self, area: str, text: str, where: Where | None = None) -> None:
        self.findings.append(Finding("note", area, text, where))

    def passed(self, area: str, text: str) -> None:
        """Record a pass, unless something of the same area failed."""
        if all(fault.area != area for fault in self.faults):
            self.findings.append(Finding("pass", area, text))

    @property
    def faults(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.level == "fail"]

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def exit_code(self) -> int:
        return 0 if self.ok else 1

    @property
    def first_bad(self) -> Finding | None:
        """The fault whose entry stands first in the log; None where no fault names an entry.

        Where the list of leaves shows which entry was altered, that one: a broken chain shows only
        that one of two was.
        """
        placed = [(f.area != "leaves", f.where.place, f) for f in self.faults if f.where]
        return min(placed, key=lambda one: one[:2])[2] if placed else None

    def as_json(self) -> Json:
        return {
            **{"verdict": self.verdict, "ok": self.ok, "exit": self.exit_code},
            **{"scope": self.scope, "size": self.size, "missing": self.missing},
            "findings": [finding.as_json() for finding in self.findings],
        }

    def lines(self, limit: int = 50) -> Iterator[str]:
        """The report in Chinese, a line each; at most `limit` of each kind."""
        for level in ("pass", "note", "fail"):
            found = [str(finding) for finding in self.findings if finding.level == level]
            yield from found[:limit]
            if len(found) > limit:
                yield f"{found[0].split()[0]} 其余 {len(found) - limit} 项从略"
        if self.first_bad:
            yield f"首个有问题的条目:{self.first_bad.where}:{self.first_bad.text}"
        yield f"结论:{self.verdict}"


# --------------------------------------------- 2. Canonical JSON (RFC 8785, profile without floats)

_HEX = re.compile(r"[0-9a-f]{64}\Z")
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _unique_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    out = dict(pairs)
    need(len(out) == len(pairs), "JSON 中有重复的键")
    need("".join(out).isascii(), "JSON 的键不是 ASCII")
    return out


def _small_int(text: str) -> int:
    need(len(text) <= 17 and abs(int(text)) < 2**53, "JSON 中的整数超出允许范围")
    return int(text)


def _no_float(text: str) -> float:
    raise Bad(f"JSON 中有不允许的数 {text[:20]}")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_object,
    parse_int=_small_int,
    parse_float=_no_float,
    parse_constant=_no_float,
)


def canonical(value: Json) -> bytes:
    """Canonical bytes of a value of the profile; Bad where it holds a lone surrogate."""
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except (UnicodeEncodeError, RecursionError) as error:
        raise Bad("JSON 无法写成规范形式") from error


def parse(data: bytes) -> Json:
    """Parse JSON; Bad for duplicate keys, floats or large integers."""
    try:
        return _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Bad("不是有效的 JSON") from error


def parse_canonical(data: bytes, fast: bool = False) -> Json:
    """Parse, and refuse bytes that differ from the canonical form of what they parse to."""
    value = parse(data)
    need(fast or canonical(value) == data, "字节与规范形式不一致")
    return value


def has_keys(value: Json, required: Iterable[str], optional: Iterable[str] = ()) -> bool:
    """Whether value is an object with all required keys and no others than the optional ones."""
    return isinstance(value, dict) and set(required) <= set(value) <= {*required, *optional}


def equal(one: Json, other: Json) -> bool:
    """JSON equality: unlike in Python, true is not 1."""
    return canonical(one) == canonical(other)


def is_hash(value: Json) -> bool:
    return isinstance(value, str) and _HEX.match(value) is not None


def is_count(value: Json, low: int = 0) -> bool:
    return type(value) is int and value >= low


def unbase64(text: str) -> bytes:
    """Standard base64 with padding, in its one spelling (RFC 4648 section 4)."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Bad("base64 有误") from error
    need(base64.b64encode(data).decode("ascii") == text, "base64 有误")
    return data


# ------------------------------------------------------------- 3. Ed25519 (RFC 8032 section 5.1)

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)  # a square root of -1

# A point is (X, Y, Z, T) in extended homogeneous coordinates with XY = ZT.


def _add(p: Any, q: Any) -> Any:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(scalar: int, point: Any) -> Any:
    total: Any = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _decompress(data: bytes) -> Any:
    """The point of 32 bytes, or None where they do not encode one (y above the prime included)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    x = x if x % 2 == sign else _P - x
    return x, y, 1, x * y % _P


def _compress(point: Any) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return bytes((y | (x & 1) << 255).to_bytes(32, "little"))


_BASE = _decompress((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=256)
def is_public_key(key: bytes) -> bool:
    """Whether the bytes are a usable key. Under one of small order anyone could sign anything."""
    point = _decompress(key) if len(key) == 32 else None
    return point is not None and _multiply(8, point)[0] != 0


def ed25519_verify(key: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032 verification; the same answer with and without `cryptography`."""
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= _L or not is_public_key(key):
        return False
    if HAVE_CRYPTOGRAPHY:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except InvalidSignature:
            return False
        return True
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    x, y, z, t = _multiply(int.from_bytes(digest, "little") % _L, _decompress(key))
    return _compress(_add(_multiply(scalar, _BASE), (-x % _P, y, z, -t % _P))) == signature[:32]


# -------------------------------------------------------- 4. Merkle tree (RFC 6962 section 2.1)


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Roots of a growing list of leaves, in O(log n) memory."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the full subtrees, the largest first

    def append(self, leaf: bytes) -> None:
        rest, self.size = self.size, self.size + 1
        while rest & 1:
            leaf, rest = node_hash(self._peaks.pop(), leaf), rest >> 1
        self._peaks.append(leaf)

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        return functools.reduce(lambda right, left: node_hash(left, right), self._peaks[::-1])


def _split(size: int) -> int:
    """The largest power of two below size (size > 1)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_root(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root an inclusion proof leads to (RFC 6962 section 2.1.1); Bad for a wrong length."""
    need(0 <= index < size and bool(proof) == (size > 1), "包含证明的长度与序号不符")
    if size == 1:
        return leaf
    left = _split(size)
    if index < left:
        return node_hash(inclusion_root(leaf, index, left, proof[:-1]), proof[-1])
    return node_hash(proof[-1], inclusion_root(leaf, index - left, size - left, proof[:-1]))


def consistency_roots(
    old: int, new: int, proof: list[bytes], known: bytes | None
) -> tuple[bytes, bytes]:
    """Both roots a consistency proof leads to (section 2.1.2), `known` the old root; 0 < old."""
    if old == new:
        need(len(proof) == (0 if known else 1), "一致性证明的长度有误")
        root = known or proof[0]
        return root, root
    need(proof and 0 < old < new, "一致性证明的长度有误")
    left = _split(new)
    if old <= left:
        first, second = consistency_roots(old, left, proof[:-1], known)
        return first, node_hash(second, proof[-1])
    first, second = consistency_roots(old - left, new - left, proof[:-1], None)
    return node_hash(proof[-1], first), node_hash(proof[-1], second)


# ----------------------------------- 5. Keys, notes and policy (C2SP, see the head of the file)

LOG_KEY, WITNESS_KEY = 1, 4  # signature types: Ed25519 over the text, cosignature/v1


class Key(NamedTuple):
    """A vkey: name, key id, signature type, public key."""

    name: str
    id: bytes
    kind: int
    public: bytes


def parse_vkey(text: str) -> Key:
    """`name+hex8+base64(type ‖ public key)`; Bad where the key id does not fit."""
    name, _, rest = text.partition("+")
    stated, _, encoded = rest.partition("+")
    material = unbase64(encoded)
    need(name and not re.search(r"\s", name) and len(material) > 1, "公钥行格式有误")
    identity = hashlib.sha256(name.encode("utf-8") + b"\n" + material).digest()[:4]
    need(identity.hex() == stated, f"公钥 {name} 的标识与内容不符")
    key = Key(name, identity, material[0], material[1:])
    need(key.kind not in (LOG_KEY, WITNESS_KEY) or is_public_key(key.public), f"公钥 {name} 无效")
    return key


class Note(NamedTuple):
    """A checkpoint: signed text, lines of (name, key id, signature), and what the text says."""

    text: bytes
    signatures: list[tuple[str, bytes, bytes]]
    origin: str
    size: int
    root: bytes


def parse_note(data: bytes) -> Note:
    """Text and signatures, split at the last empty line; Bad for any other form."""
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Bad("检查点不是 UTF-8") from error
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", whole), "检查点含控制字符")
    text, _, signed = whole.rpartition("\n\n")
    need(text and signed.endswith("\n"), "检查点缺少签名部分")
    body, lines = text.split("\n"), signed[:-1].split("\n")
    need(len(body) >= 3 and all(body), "检查点正文不足三行")
    need(re.match(r"(0|[1-9][0-9]{0,15})\Z", body[1]), "检查点大小写法有误")
    root = unbase64(body[2])
    need(len(root) == 32 and len(lines) <= 100, "检查点根哈希长度有误或签名过多")
    signatures = [_signature_line(line) for line in lines]
    return Note(f"{text}\n".encode(), signatures, body[0], int(body[1]), root)


def _signature_line(line: str) -> tuple[str, bytes, bytes]:
    match = re.match(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)\Z", line)
    if match is None:
        raise Bad("检查点签名行格式有误")
    payload = unbase64(match.group(2))
    need(len(payload) > 4, "检查点签名行格式有误")
    return match.group(1), payload[:4], payload[4:]


def check_signatures(note: Note, keys: Iterable[Key]) -> tuple[set[Key], dict[Key, int]]:
    """Log keys that signed, and witness keys with the time each states (POSIX seconds).

    Unknown keys are ignored; a failing signature of a known key rejects the whole note.
    """
    known = {(key.name, key.id): key for key in keys}
    logs: set[Key] = set()
    witnesses: dict[Key, int] = {}
    for name, identity, payload in note.signatures:
        key = known.get((name, identity))
        if key is not None and key.kind == LOG_KEY:
            need(ed25519_verify(key.public, payload, note.text), f"{name} 的签名无效")
            logs.add(key)
        elif key is not None and key.kind == WITNESS_KEY:
            stamp = int.from_bytes(payload[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % stamp + note.text
            valid = stamp < 2**63 and ed25519_verify(key.public, payload[8:], message)
            need(valid, f"{name} 的见证签名无效")
            witnesses[key] = stamp
    return logs, witnesses


class Policy:
    """A tlog-policy: whose logs count, and which witnesses must have co-signed."""

    def __init__(self, text: str) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""
        need(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), "政策文件含控制字符")
        for number, line in enumerate(text.split("\n"), 1):
            items = [item for item in re.split(r"[ \t]+", line) if item]
            if items and not items[0].startswith("#"):
                need(self._take(items[0], items[1:]), f"政策文件第 {number} 行有误")
        need(self.quorum, "政策文件缺少 quorum 行")
        members = [member for _, group in self.groups.values() for member in group]
        need(len(set(members)) == len(members), "政策文件中同一名称列入了两个组")
        need(len({key.public for key in self.keys}) == len(self.keys), "政策文件中有重复的公钥")

    @property
    def keys(self) -> list[Key]:
        return [*self.logs, *self.witnesses.values()]

    def _take(self, verb: str, items: list[str]) -> bool:
        """Read one line; False where it is none."""
        count, name = len(items), items[0] if items else ""
        taken = name == "none" or name in self.witnesses or name in self.groups
        if verb == "log" and count in (1, 2):
            self.logs.append(parse_vkey(name))
            return self.logs[-1].kind == LOG_KEY
        if verb == "witness" and count in (2, 3) and not taken:
            self.witnesses[name] = parse_vkey(items[1])
            return self.witnesses[name].kind == WITNESS_KEY
        if verb == "group" and count >= 3 and not taken:
            members = items[2:]
            number = {"any": "1", "all": str(len(members))}.get(items[1], items[1])
            fits = re.match(r"[1-9][0-9]{0,5}\Z", number) and int(number) <= len(members)
            known = all(m in self.witnesses or m in self.groups for m in members)
            self.groups[name] = (int(number) if fits else 0, members)
            return bool(fits) and known
        if verb == "quorum" and count == 1 and taken and not self.quorum:
            self.quorum = name
            return True
        return False

    def met_by(self, signed: Iterable[Key], name: str = "") -> bool:
        """Whether these witness keys satisfy the quorum (or the named witness or group)."""
        name, keys = name or self.quorum, set(signed)
        if name in self.groups:
            threshold, members = self.groups[name]
            return sum(self.met_by(keys, member) for member in members) >= threshold
        return name == "none" or self.witnesses[name] in keys


# ------------------------------------------------------------------------------- 6. The bundle

_NAMES = re.compile(
    r"(checkpoint|keys|policy|entries\.jsonl|leaves|proofs\.jsonl|consistency\.jsonl|report\.json"
    r"|README\.txt|verify\.py|checkpoints/(0|[1-9][0-9]{0,15})"
    r"|draws/[A-Za-z0-9._-]{1,64}\.json|attachments/[0-9a-f]{64})\Z"
)
_DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError)


class Bundle:
    """The files of a zip by name."""

    def __init__(self, path: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise Unreadable("文件打不开,或不是 zip 压缩包") from error
        self.listed = [i.filename for i in self._zip.infolist() if not i.filename.endswith("/")]
        self.names = set(self.listed)

    def read(self, name: str) -> bytes:
        """The bytes of a file; Unreadable where it is missing or damaged."""
        try:
            return self._zip.read(name)
        except KeyError as error:
            raise Unreadable(f"压缩包中缺少 {name}") from error
        except _DAMAGED as error:
            raise Unreadable(f"压缩包中 {name} 已损坏") from error

    def sha256(self, name: str) -> str:
        """SHA-256 of a file, read in pieces."""
        digest = hashlib.sha256()
        try:
            with self._zip.open(name) as stream:
                for piece in iter(lambda: stream.read(1 << 20), b""):
                    digest.update(piece)
        except _DAMAGED as error:
            raise Unreadable(f"压缩包中 {name} 已损坏") from error
        return digest.hexdigest()

    def under(self, folder: str) -> list[str]:
        return sorted(name for name in self.names if name.startswith(folder + "/"))

    def lines(self, name: str) -> list[bytes]:
        """Lines of a file in which 0x0A ends each line; what follows the last one is a line too."""
        lines = self.read(name).split(b"\n")
        return lines if lines[-1] else lines[:-1]


class Attachments:
    """Attachments by SHA-256; what is not in the bundle is remembered as missing."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self.missing: set[str] = set()

    def expect(self, sha256: Json) -> bool:
        """Whether the bundle has it."""
        name = f"attachments/{sha256}"
        if is_hash(sha256) and name not in self._bundle.names:
            self.missing.add(name)
        return name in self._bundle.names

    def read(self, sha256: Json) -> Json:
        """The canonical JSON of an attachment; Bad where it is missing or altered."""
        need(self.expect(sha256), f"缺少附件 {sha256},无法重算")
        data = self._bundle.read(f"attachments/{sha256}")
        need(hashlib.sha256(data).hexdigest() == sha256, f"附件 {sha256} 的内容已改动")
        return parse_canonical(data)


def check_files(bundle: Bundle, report: Report) -> bool:
    """Refuse duplicate names, since two readers could see two files; hash the attachments."""
    times = Counter(bundle.listed)
    for name in sorted(times):
        if times[name] > 1:
            report.failed("zip", f"压缩包中文件名重复:{name}")
        elif not _NAMES.match(name):
            report.noted("zip", f"压缩包中有格式之外的文件,未核验:{name}")
    if not report.ok:
        return False
    report.passed("zip", f"压缩包文件名无重复,共 {len(bundle.names)} 个文件")
    names = bundle.under("attachments")
    for name in names:
        if name != f"attachments/{bundle.sha256(name)}":
            report.failed("attachments", f"附件内容与其名称(SHA-256)不符:{name}")
    report.passed("attachments", f"附件内容与名称相符,共 {len(names)} 件")
    return True


# ----------------------------------------------------------------------- 7. Entries and streams

_STREAM = re.compile(r"(project|expert|draw|account|rules|system|sealed)/[^\x00-\x20\x7f]{1,200}\Z")
_TYPE = re.compile(r"[a-z]+\.[a-z0-9_]+\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z\Z", re.ASCII)
_KEYS = ("v", "stream", "n", "prev", "type", "at", "actor", "data")
_DOCUMENTS = (
    "rules",
    "evaluation_plan",
    "plan",
    "result",
    "report",
    "notice",
    "dissent",
    "answer",
    "question",
)


class Entry(NamedTuple):
    """A parsed entry, its leaf hash (hex) and its log index."""

    stream: str
    n: int
    prev: str
    type: str
    at: str
    actor: dict[str, str]
    data: dict[str, Json]
    leaf: str
    place: int

    @property
    def where(self) -> Where:
        return Where(self.stream, self.n, self.place)


@functools.lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    try:
        return bool(time.strptime(text, "%Y-%m-%d"))
    except ValueError:
        return False


def parse_entry(line: bytes, place: int, fast: bool = False) -> Entry:
    """Read one line strictly: canonical, exactly the keys of the contract, in their shapes."""
    need(len(line) <= 65535, "条目超过 65535 字节")
    value = parse_canonical(line, fast)
    need(has_keys(value, _KEYS) and equal(value["v"], 1), "条目的键或版本与格式不符")
    stream, kind, at, actor = value["stream"], value["type"], value["at"], value["actor"]
    need(isinstance(stream, str) and _STREAM.match(stream), "stream 的写法有误")
    need(isinstance(kind, str) and _TYPE.match(kind), "type 的写法有误")
    need(is_count(value["n"]) and is_hash(value["prev"]), "n 或 prev 的写法有误")
    need(isinstance(at, str) and _TIME.match(at) and _is_date(at[:10]), "at 的写法有误")
    need(has_keys(actor, ("id", "role", "org")), "actor 的键与格式不符")
    need(all(isinstance(part, str) for part in actor.values()), "actor 的写法有误")
    need(isinstance(value["data"], dict), "data 不是对象")
    leaf = leaf_hash(line).hex()
    return Entry(stream, value["n"], value["prev"], kind, at, actor, value["data"], leaf, place)


class Stream:
    """What is remembered of one stream."""

    def __init__(self) -> None:
        self.leaves: list[str] = []  # by n
        self.places: list[int] = []  # log index by n
        self.breaks: set[int] = set()  # each n whose `prev` is not the leaf hash of n - 1
        self.state: Json = None
        self.at = ""
        self.broken = False  # numbering failed: what follows cannot be judged

    def follow(self, entry: Entry) -> None:
        """Check an entry against its predecessor, then take it; Bad names the rule."""
        n, state, at = len(self.leaves), self.state, self.at
        self.broken = entry.n != n
        need(not self.broken, f"编号不连续:应为第 {n} 条")
        if entry.prev != (self.leaves[-1] if n else "0" * 64):
            self.breaks.add(n)
        rising = not n or entry.place > self.places[-1]
        before, after = entry.data.get("from"), entry.data.get("to")
        if after is None and entry.type == "draw.round_opened":
            self.state = "running"  # an open round runs, whether or not the entry says so
        elif after is not None:
            self.state = after
        self.leaves.append(entry.leaf)
        self.places.append(entry.place)
        self.at = entry.at
        need(rising, "日志序号没有随编号增大")
        need(entry.at >= at, "时间早于同一流的上一条")
        if state is not None and entry.stream.startswith(("project/", "expert/", "draw/")):
            need((before is None) == (after is None), "状态变化缺少 from 或 to")
            need(before in (None, state), f"from 为 {before},而此前状态为 {state}")


class Log:
    """The entries of a bundle in the order of its lines."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.places: list[int] = []  # log index of each line
        self.ats: list[str] = []  # `at` of each line, "" where it cannot be parsed
        self.streams: dict[str, Stream] = {}
        self.kept: dict[str, list[Entry]] = {}  # project and draw streams, for the re-runs
        self.with_refs: list[Entry] = []
        self.referred: set[str] = set()  # leaf hashes that good refs name
        self.rotations: list[Entry] = []

    def take(self, entry: Entry) -> None:
        """Follow the entry's stream; Bad names the rule it breaks."""
        stream = self.streams.setdefault(entry.stream, Stream())
        if stream.broken:
            return
        if entry.stream.startswith(("project/", "draw/")):
            self.kept.setdefault(entry.stream, []).append(entry)
        if "refs" in entry.data:
            self.with_refs.append(entry)
        if entry.type == "system.key_rotated":
            self.rotations.append(entry)
        stream.follow(entry)

    def at_place(self, place: int) -> Where:
        """The entry at a log index."""
        for name, stream in self.streams.items():
            if place in stream.places:
                return Where(name, stream.places.index(place), place)
        return Where("", -1, place)

    def suspect(self, low: int, high: int) -> Where:
        """First entry in [low, high) that no later entry of its stream vouches for."""
        last = [stream.places[-1] for stream in self.streams.values() if stream.places]
        return self.at_place(min((place for place in last if low <= place < high), default=low))


def read_log(lines: list[bytes], places: list[int], fast: bool, folds: Any, report: Report) -> Log:
    """Parse every line and hand it to the folds (area → check); `places` are the log indices."""
    log = Log()
    checks = {"streams": log.take, **folds}
    for line, place in zip(lines, itertools.chain(places, itertools.repeat(-1))):
        log.leaves.append(leaf_hash(line))
        log.places.append(place)
        log.ats.append("")
        try:
            entry = parse_entry(line, place, fast)
        except Bad as error:
            report.failed("entries", f"条目格式有误:{error}", Where("", -1, place))
            continue
        log.ats[-1] = entry.at
        for area, fold in checks.items():
            try:
                strictly(fold, entry)
            except Bad as error:
                report.failed(area, error, entry.where)
    for name, stream in log.streams.items():
        _blame_breaks(name, stream, report)
    report.passed("entries", f"条目为规范字节,键与格式相符,共 {len(lines)} 条")
    text = f"各流编号连续、哈希相接、时间不倒退、状态相承,共 {len(log.streams)} 条流"
    report.passed("streams", text)
    return log


def _blame_breaks(name: str, stream: Stream, report: Report) -> None:
    """Name the changed entry: n where its own link and the next are broken, else n - 1."""
    for n in sorted(stream.breaks):
        changed = n if n == 0 or n + 1 in stream.breaks else n - 1
        text = f"第 {n} 条记载的前一条哈希(prev)与前一条的内容不符"
        report.failed("streams", text, Where(name, changed, stream.places[changed]))


def check_refs(log: Log, whole: bool, report: Report) -> None:
    """Every ref names an entry with that hash and a lower log index."""
    outside: list[bool] = []
    for entry in log.with_refs:
        check = functools.partial(_check_ref, log, entry, whole)
        try:
            need(type(entry.data["refs"]) is list, "refs 不是列表")
            outside += [strictly(check, ref) for ref in entry.data["refs"]]
        except Bad as error:
            report.failed("refs", error, entry.where)
    if any(outside):
        text = f"有 {sum(outside)} 处引用指向本案之外的流,单案证据包无法核对"
        report.noted("refs", text)
    report.passed("refs", f"引用均指向在前的条目且哈希相同,共 {len(log.with_refs)} 条带引用")


def _check_ref(log: Log, entry: Entry, whole: bool, ref: Json) -> bool:
    """Whether the ref points outside a one-case bundle; Bad where it is wrong."""
    need(has_keys(ref, ("stream", "n", "hash")) and is_count(ref["n"]), "引用的写法有误")
    name, n = ref["stream"], ref["n"]
    if not whole and name not in log.streams:
        need(not name.startswith("draw/"), f"本案引用的抽取 {name} 不在证据包中")
        return True
    stream = log.streams.get(name, Stream())
    need(n < len(stream.leaves), f"引用的 {name} 第 {n} 条不存在")
    need(stream.leaves[n] == ref["hash"], f"引用的 {name} 第 {n} 条哈希不符")
    need(stream.places[n] < entry.place, f"引用的 {name} 第 {n} 条不在本条之前")
    log.referred.add(ref["hash"])
    return False


# --------------------------------------------------------------------------- 8. Sealed envelopes


def open_envelope(opening: Json, stream: str, content: Json) -> None:
    """Recompute the commitment of an opening; Bad where it is another one."""
    named = {"v": 1, "kind": opening["kind"], "stream": stream, "author": opening["author"]}
    need(isinstance(content, dict) and is_hash(opening["salt"]), "信封的内容或盐的写法有误")
    message = bytes.fromhex(opening["salt"]) + canonical({**named, "content": content})
    good = hashlib.sha256(message).hexdigest() == opening["commitment"]
    need(good, "信封开启后重算的承诺与封存时不符")


class Closing:
    """A `…_closed` entry: the commitments that count, and what became of each."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.listed: list[str] = entry.data["commitments"]
        self.opened: dict[str, Entry] = {}
        self.not_opened: dict[str, Entry] = {}


class Envelopes:
    """Seals, closings and openings of the whole log, taken entry by entry."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments
        self.seen: dict[str, Where] = {}  # every commitment, and where it was recorded
        self.seals: dict[str, Entry] = {}
        self.counting: dict[tuple[str, str], dict[str, str]] = {}  # (stream, kind): by author
        self.closings: dict[tuple[str, str], Closing] = {}
        self.contents: dict[str, Json] = {}  # opened content by commitment

    def take(self, entry: Entry) -> None:
        """Check what an entry does with envelopes; Bad names the rule."""
        data, event = entry.data, entry.type.partition(".")[2]
        for key in _DOCUMENTS:
            self._attachments.expect(data.get(key))
        if entry.stream.startswith("sealed/"):
            self._alone(entry)
        elif entry.type == "draw.committed":
            self._once(data["omissions"], entry)
        elif event.endswith("_closed") and "commitments" in data:
            self._close(entry)
        elif "commitment" not in data or entry.type == "draw.candidate_opened":
            return
        elif "not_opened" in data:
            self._closing_of(entry).not_opened[data["commitment"]] = entry
        elif "salt" in data:
            self._open(entry)
        elif event.endswith(("_sealed", "_submitted")):
            self._once(data["commitment"], entry)
            if event.endswith("_sealed"):
                self._seal(entry)

    def _alone(self, entry: Entry) -> None:
        """A report to the commission: one entry that names nobody, and nothing but its key."""
        need(entry.n == 0, "单独封存的流只有一条")
        nobody = {"id": "system", "role": "system", "org": ""}
        need(equal(entry.actor, nobody), "单独封存的条目写有办理人")
        alone = has_keys(entry.data, ("commitment", "to")) and is_hash(entry.data["to"])
        need(alone, "单独封存的条目只写承诺和接收公钥")
        self._once(entry.data["commitment"], entry)

    def _once(self, commitment: Json, entry: Entry) -> None:
        need(is_hash(commitment), "承诺不是哈希")
        earlier = self.seen.setdefault(commitment, entry.where)
        need(earlier == entry.where, f"承诺与 {earlier} 的重复")

    def _seal(self, entry: Entry) -> None:
        kind, author = entry.data["kind"], entry.data["author"]
        need(author == entry.actor["id"], "封存的作者不是操作人")
        need((entry.stream, kind) not in self.closings, f"{kind} 截止之后又封存")
        authors = self.counting.setdefault((entry.stream, kind), {})
        earlier = authors.get(author)
        authors[author] = entry.data["commitment"]
        self.seals[entry.data["commitment"]] = entry
        need(entry.data["replaces"] == earlier, "replaces 不是该作者此前有效的封存")

    def _close(self, entry: Entry) -> None:
        place, listed = (entry.stream, entry.data["kind"]), entry.data["commitments"]
        need(type(listed) is list and all(map(is_hash, listed)), "截止清单的写法有误")
        need(place not in self.closings, f"{place[1]} 重复截止")
        closing = self.closings[place] = Closing(entry)
        counting = self.counting.get(place, {})
        same = sorted(closing.listed) == sorted(counting.values())
        need(same, "截止清单与截止时有效的封存不符")

    def _closing_of(self, entry: Entry) -> Closing:
        """The closing that allows this opening."""
        data = entry.data
        commitment, sealed = data["commitment"], self.seals.get(data["commitment"])
        if sealed is None or sealed.stream != entry.stream:
            raise Bad("开启的信封未曾在本流封存")
        same = all(sealed.data[key] == data[key] for key in ("kind", "author"))
        need(same, "开启的信封与封存时的 kind 或 author 不同")
        closing = self.closings.get((entry.stream, sealed.data["kind"]))
        if closing is None or commitment not in closing.listed:
            raise Bad("开启的信封不在截止清单中")
        fresh = commitment not in closing.opened and commitment not in closing.not_opened
        need(fresh, "同一信封重复开启")
        return closing

    def _open(self, entry: Entry) -> None:
        data = entry.data
        self._closing_of(entry).opened[data["commitment"]] = entry
        need(("content" in data) != ("attachment" in data), "应有 content 或 attachment 之一")
        attached = "attachment" in data
        content = self._attachments.read(data["attachment"]) if attached else data["content"]
        open_envelope(data, entry.stream, content)
        self.contents[data["commitment"]] = content

    def finish(self, report: Report) -> None:
        """Of what was closed, all is opened or marked, or nothing is yet."""
        for (_, kind), closing in self.closings.items():
            left = set(closing.listed) - set(closing.opened) - set(closing.not_opened)
            if closing.opened and left:
                text = f"{kind} 有 {len(left)} 份截止时有效的封存没有开启,也没有说明"
                report.failed("envelopes", text, list(closing.opened.values())[-1].where)
            elif left:
                report.noted("envelopes", f"{kind} 已截止,尚未开启", closing.entry.where)
            for entry in closing.not_opened.values():
                report.noted("envelopes", f"{kind} 有一份未开启", entry.where)
        text = f"封存承诺无重复,开启的 {len(self.contents)} 份重算相符,且均在截止清单中"
        report.passed("envelopes", text)

    def in_order(self) -> Iterator[tuple[str, Entry, Entry]]:
        """(what, entry to be fixed, later entry): every closing stands before its openings."""
        for (_, kind), closing in self.closings.items():
            for entry in list(closing.opened.values())[:1]:
                yield f"{kind} 截止先于开启", closing.entry, entry


# -------------------------------------------------- 9. Checkpoints: roots, proofs, signatures


def read_checkpoints(bundle: Bundle, report: Report) -> list[Note]:
    """All checkpoints that can be read, ascending by size, the final one last; [] without it."""
    notes: list[Note] = []
    for name in ["checkpoint", *bundle.under("checkpoints")]:
        try:
            note = parse_note(bundle.read(name))
            if name != "checkpoint":
                need(name == f"checkpoints/{note.size}", "文件名与其中的大小不符")
                need(notes and notes[0].origin == note.origin, "不属于同一个日志")
                need(note.size <= notes[0].size, "大于最终检查点")
            notes.append(note)
        except Bad as error:
            report.failed("checkpoints", f"{name}:{error}")
            if name == "checkpoint":
                return []
    return [*sorted(notes[1:], key=lambda note: note.size), notes[0]]


def check_whole_tree(bundle: Bundle, log: Log, notes: list[Note], report: Report) -> None:
    """Line i is leaf i: recompute the root at every checkpoint's size."""
    tree, good = Tree(), 0
    for note in notes:
        if note.size > len(log.leaves):
            text = f"检查点大小为 {note.size},而证据包中只有 {len(log.leaves)} 条"
            report.failed("tree", text)
            return
        while tree.size < note.size:
            tree.append(log.leaves[tree.size])
        if tree.root() != note.root:
            text = f"前 {note.size} 条的根哈希与检查点不符,改动在日志序号 {good} 至 {note.size - 1}"
            listed = first_altered(bundle, log, note)
            if listed is not None:
                known = (f.where for f in report.faults if f.where and f.where.place == listed)
                where = next(known, log.at_place(listed))
                report.failed("leaves", "内容与日志中该条的树叶哈希不符", where)
            span = range(good, note.size)
            named = any(f.where and f.where.place in span for f in report.faults)
            report.failed("tree", text, None if named else log.suspect(good, note.size))
            return
        good = note.size
    if notes and good < len(log.leaves):
        report.failed("tree", "最终检查点之外另有条目", log.at_place(good))
    report.passed("tree", f"整个日志 {good} 条重算的根哈希与 {len(notes)} 个检查点相同")


def first_altered(bundle: Bundle, log: Log, note: Note) -> int | None:
    """The first place whose bytes are not those of its leaf, where `leaves` leads to the root.

    Otherwise, or without that file, None: then nothing tells which entry between two checkpoints.
    """
    if "leaves" not in bundle.names:
        return None
    listed, tree = bundle.read("leaves"), Tree()
    for at in range(0, 32 * note.size, 32):
        tree.append(listed[at : at + 32])
    if tree.root() != note.root:
        return None
    pairs = enumerate(log.leaves[: note.size])
    return next((at for at, leaf in pairs if leaf != listed[32 * at : 32 * at + 32]), None)


def read_proofs(bundle: Bundle, report: Report) -> list[tuple[int, list[bytes]]]:
    """`proofs.jsonl` of a case: (log index, inclusion proof) of each entry line."""
    proofs: list[tuple[int, list[bytes]]] = []
    try:
        for line in bundle.lines("proofs.jsonl"):
            value = parse(line)
            need(has_keys(value, ("index", "proof")) and is_count(value["index"]), "写法有误")
            proofs.append((value["index"], strictly(_hashes, value["proof"])))
        need(len(dict(proofs)) == len(proofs), "日志序号重复")
    except Bad as error:
        report.failed("tree", f"proofs.jsonl 第 {len(proofs) + 1} 行:{error}")
    return proofs


def _hashes(value: Json) -> list[bytes]:
    hashes = [unbase64(item) for item in value]
    need(all(len(item) == 32 for item in hashes), "证明中的哈希长度有误")
    return hashes


def check_case_tree(log: Log, notes: list[Note], proofs: Any, report: Report) -> None:
    """Every entry of a case is in the tree of the final checkpoint."""
    if len(proofs) != len(log.leaves):
        report.failed("tree", f"条目有 {len(log.leaves)} 条,而包含证明有 {len(proofs)} 份")
    for leaf, (index, proof) in zip(log.leaves, proofs if notes else ()):
        try:
            root = inclusion_root(leaf, index, notes[-1].size, proof)
            need(root == notes[-1].root, "包含证明与检查点的根哈希不符")
        except Bad as error:
            report.failed("tree", error, log.at_place(index))
    report.passed("tree", f"本案 {len(log.leaves)} 条均在最终检查点之内(包含证明)")


def check_consistency(bundle: Bundle, notes: list[Note], report: Report) -> None:
    """`consistency.jsonl` (`{"from","to","proof"}` a line) links each checkpoint to the final."""
    linked = {note.size: note.root for note in notes[-1:]}
    steps: list[tuple[int, int, list[bytes]]] = []
    try:
        for line in bundle.lines("consistency.jsonl") if notes[1:] else ():
            value = parse(line)
            need(has_keys(value, ("from", "to", "proof")), "consistency.jsonl 的写法有误")
            steps.append((value["from"], value["to"], strictly(_hashes, value["proof"])))
        by_size = {note.size: note for note in notes}
        for old, new, proof in sorted(steps, reverse=True):
            if old in by_size and new in linked and 0 < old <= new:
                roots = consistency_roots(old, new, proof, by_size[old].root)
                need(roots == (by_size[old].root, linked[new]), f"从 {old} 到 {new} 不一致")
                linked[old] = roots[0]
    except TypeError:
        report.failed("consistency", "一致性证明不成立:consistency.jsonl 的写法有误")
    except (Bad, Unreadable) as error:
        report.failed("consistency", f"一致性证明不成立:{error}")
    for note in notes:
        if linked.get(note.size) != note.root:
            report.failed("consistency", f"检查点 {note.size} 与最终检查点之间没有一致性证明")
    report.passed("consistency", f"{len(notes)} 个检查点前后一致(一致性证明)")


class Trust:
    """Checks each checkpoint's signatures: own policy, or the bundle's keys where there is none."""

    def __init__(self, policy: Policy | None, keys: list[Key]) -> None:
        self.policy = policy
        self.keys = policy.keys if policy else keys
        self.logs = {key for key in self.keys if key.kind == LOG_KEY}  # log keys that are trusted
        self.rotations: list[tuple[int, int, Key]] = []  # (log index, first size to sign, new key)
        self.witnessed: dict[int, int] = {}  # co-signed size → time of its earliest cosignature

    def read_rotations(self, log: Log, origin: str, report: Report) -> None:
        """Key changes the log records, in log order."""
        for entry in sorted(log.rotations, key=lambda entry: entry.place):
            try:
                key = strictly(parse_vkey, entry.data.get("vkey"))
                need(key.kind == LOG_KEY and key.name == origin, "新密钥不是本日志的签名密钥")
                need(is_count(entry.data.get("from_size")), "密钥更换条目缺少 from_size")
                self.rotations.append((entry.place, entry.data["from_size"], key))
            except Bad as error:
                report.failed("signatures", error, entry.where)

    def take(self, note: Note) -> None:
        """Check one checkpoint, in ascending order of size; Bad where the log did not sign it."""
        new_keys = [key for _, _, key in self.rotations]
        logs, witnesses = check_signatures(note, [*self.keys, *new_keys])
        logs = {key for key in logs if key.name == note.origin}
        need(logs & self.logs, "没有已知日志密钥的签名")
        current = [key for _, first, key in self.rotations if first <= note.size]
        need(not current or current[-1] in logs, "更换密钥后没有新密钥的签名")
        self.logs |= {key for place, _, key in self.rotations if place < note.size} & logs
        if witnesses and (self.policy is None or self.policy.met_by(witnesses)):
            self.witnessed[note.size] = min(2**32, *witnesses.values())

    def fixed_before(self, first: Entry, later: Entry) -> bool:
        """Whether a co-signed size proves that one entry stood before the other was written."""
        return any(first.place < size <= later.place for size in self.witnessed)


def check_trust(log: Log, notes: list[Note], trust: Trust, report: Report) -> bool:
    """Signatures, witnesses and times of all checkpoints. True where the final is co-signed."""
    sealed: list[Note] = []
    for note in notes:
        name = "最终检查点" if note is notes[-1] else f"检查点 {note.size}"
        try:
            trust.take(note)
            sealed.append(note)
        except Bad as error:
            report.failed("signatures", f"{name}:{error}")
    report.passed("signatures", f"{len(notes)} 个检查点的日志签名有效")
    _check_times(log, trust, report)
    for note in sealed:
        if note.size in trust.witnessed:
            continue
        if note is not notes[-1]:
            report.noted("witness", f"检查点 {note.size} {VERDICT_SEALED}")
        elif trust.policy is not None and trust.policy.quorum != "none":
            report.failed("witness", "最终检查点的见证签名没有达到政策文件的要求")
        else:
            report.noted("witness", "最终检查点没有见证签名")
    witnessed = bool(notes) and notes[-1].size in trust.witnessed
    if witnessed:
        moment = time.gmtime(trust.witnessed[notes[-1].size] + 8 * 3600)
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", moment)
        report.passed("witness", f"最终检查点有见证签名,见证时间 {stamp}(北京时间)")
    return witnessed


def _check_times(log: Log, trust: Trust, report: Report) -> None:
    """Flag entries dated more than five minutes after the cosignature that covers them."""
    rows, latest = sorted(zip(log.places, log.ats), reverse=True), ""
    for size, moment in sorted(trust.witnessed.items()):
        while rows and rows[-1][0] < size:
            latest = max(latest, rows.pop()[1])
        if latest > time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment + 300)):
            report.noted("witness", f"检查点 {size} 的见证时间早于其中条目记载的时间 {latest}")


# ------------------------------------------------------------------------------------ 10. Draws

_HANDLE = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_OUT = ("declined", "no_answer", "struck")
_COMMON = ("from", "to", "basis", "refs", "sig")
_DRAW_KEYS = {
    "committed": (
        *("project", "attempt", "replaces", "manifest", "code", "chain"),
        *("parties", "mark_key", "pool", "omissions"),
    ),
    "contributed": ("party", "value"),
    "round_opened": ("round", "needs", "excluded"),
    "round_run": ("round", "code", "mark", "selected", "short"),
    "answered": ("candidate", "answer", "reason", "evidence"),
    "delivered": ("candidate", "template", "channel", "status", "receipt"),
    "calls_opened": ("candidates", "reason"),
    "candidate_opened": ("commitment", "kind", "author", "salt", "content"),
    "closed": ("seated", "short"),
    "abandoned": ("reason",),
    "cancelled": ("reason",),
}
_LIST_KEYS = {
    "list_entered": ("number", "sheet", "manifest", "drawn_at"),
    "list_confirmed": ("number", "sheet", "manifest", "selected"),
    "list_returned": ("number", "sheet", "ground"),
}
_CHOICE_KEYS = {
    "appointment_asked": ("number", "sheet", "manifest", "ground", "asked_at"),
    "appointed": ("number", "sheet", "manifest", "selected"),
    "appointment_refused": ("number", "sheet", "ground"),
}
_COURSE = (
    *("answered", "delivered", "calls_opened", "candidate_opened"),
    *("closed", "abandoned", "cancelled"),
)
_COURSE_KEYS = {event: _DRAW_KEYS[event] for event in _COURSE}
_INSIDE = ("committed", "contributed", "round_opened", "round_run")


class Manifest:
    """A checked draw manifest (formats.md section 4)."""

    def __init__(self, value: Json) -> None:
        keys = ("v", "draw", "project", "attempt", "one_per_group", "slots")
        need(has_keys(value, keys) and equal(value["v"], 1), "清单的键与格式不符")
        need(type(value["one_per_group"]) is bool and value["slots"], "清单的写法有误")
        self.value = value
        self.one_per_group: bool = value["one_per_group"]
        self.group: dict[str, str] = {}
        self.identity: dict[str, str] = {}
        self.count: dict[str, int] = {}  # wanted by slot, in manifest order
        self.candidates: dict[str, list[str]] = {}  # by slot
        for slot in value["slots"]:
            self._slot(slot)
        self.hash = hashlib.sha256(canonical(value)).hexdigest()
        order = [(self._spare(slot), slot) for slot in self.count]
        need(order == sorted(order), "清单的抽取项没有按候选余量排列")
        named = [identity for identity in self.identity.values() if identity]
        need(len(set(named)) == len(named), "清单中两名候选人的身份承诺相同")

    def _slot(self, value: Json) -> None:
        keys = ("slot", "specialty", "region", "count", "candidates")
        need(has_keys(value, keys) and _HANDLE.match(value["slot"]), "清单抽取项的写法有误")
        name, handles = value["slot"], [self._candidate(item) for item in value["candidates"]]
        need(is_count(value["count"], 1) and name not in self.count, f"抽取项 {name} 有误")
        need(handles == sorted(set(handles)), f"抽取项 {name} 的候选人未按升序或有重复")
        self.count[name], self.candidates[name] = value["count"], handles

    def _candidate(self, value: Json) -> str:
        need(has_keys(value, ("candidate", "group", "id")), "候选人的键与格式不符")
        handle, group, identity = value["candidate"], value["group"], value["id"]
        good = _HANDLE.match(handle) and isinstance(group, str) and group
        need(good and (identity == "" or is_hash(identity)), f"候选人 {handle} 的写法有误")
        same = self.group.setdefault(handle, group) == group
        same = same and self.identity.setdefault(handle, identity) == identity
        need(same, f"候选人 {handle} 在各抽取项中的分组或身份承诺不同")
        return str(handle)

    def _spare(self, slot: str) -> int:
        people = self.candidates[slot]
        groups = {self.group[c] for c in people}
        return len(groups if self.one_per_group else people) - self.count[slot]


class Draw:
    """Re-runs one draw; `take` raises Bad at the first entry that is not as computed."""

    def __init__(self, draw: str, manifest: Manifest) -> None:
        self.draw = draw
        self.manifest = manifest
        self.committed: Any = None  # the entry
        self.opened: Any = None  # the entry of a round that is not yet run
        self.round = 0
        self.selected: dict[str, str] = {}  # candidate → slot
        self.answers: dict[str, str] = {}
        self.struck: dict[str, int] = {}  # candidate → log index at which he was struck
        self.excluded: set[str] = set()
        self.contributed: set[str] = set()
        self.identities: dict[str, tuple[str, str]] = {}  # candidate → (expert, org) as opened
        self.over = ""  # the event that ended the draw
        self.in_order: list[tuple[str, Entry, Entry]] = []  # (what, fixed entry, later entry)

    def take(self, entry: Entry) -> None:
        """Check one entry of the draw's stream, in order."""
        event = entry.type.partition(".")[2]
        idle = self.opened is None or event == "round_run"
        need(idle, f"第 {self.round} 轮开启后只能是该轮的抽取结果")
        keys = _DRAW_KEYS.get(event) if entry.type.startswith("draw.") else None
        if keys is None:
            return
        need(not self.over or event == "candidate_opened", "抽取已结束,不应再有此条")
        if event != "cancelled":
            need(has_keys(entry.data, keys, _COMMON), "data 的键与格式不符")
            need(event == "committed" or self.committed, "抽取尚未承诺")
        getattr(self, "_" + event)(entry, entry.data)

    def seated(self, slot: str) -> list[str]:
        """Candidates selected for the slot whose latest answer keeps them in."""
        mine = [c for c, where in self.selected.items() if where == slot]
        return sorted(c for c in mine if self.answers.get(c) not in _OUT)

    def needs(self) -> dict[str, int]:
        """Open places by slot, slots without any left out."""
        left = {name: n - len(self.seated(name)) for name, n in self.manifest.count.items()}
        return {name: n for name, n in left.items() if n > 0}

    def _committed(self, entry: Entry, data: Json) -> None:
        value, parties, key = self.manifest.value, data["parties"], data["mark_key"]
        need(self.committed is None, "同一抽取重复承诺")
        need(data["manifest"] == self.manifest.hash, "候选清单与承诺的 SHA-256 不符")
        mine = [self.draw, data["project"], data["attempt"]]
        need(equal([value["draw"], value["project"], value["attempt"]], mine), "清单属于另一次抽取")
        first = is_count(data["attempt"], 1) and data["attempt"] == 1
        need(data["replaces"] is None if first else is_hash(data["replaces"]), "replaces 有误")
        need(is_hash(data["code"]) and is_hash(data["omissions"]), "code 或 omissions 有误")
        need(is_count(data["chain"], max(32, len(self.manifest.group))), "承诺链过短")
        good = type(parties) is list and all(isinstance(party, str) for party in parties)
        need(good and len(set(parties)) == len(parties), "parties 有误")
        size = data["pool"]["size"] if has_keys(data["pool"], ("size", "rules")) else None
        good = is_count(size) and int(size or 0) <= entry.place
        need(good, "pool 有误或其大小超过本条的日志序号")
        good = key == "" or (is_hash(key) and is_public_key(bytes.fromhex(key)))
        need(good, "抽取标记公钥无效")
        self.committed = entry

    def _contributed(self, entry: Entry, data: Json) -> None:
        party, value = data["party"], data["value"]
        need(party in self.committed.data["parties"], f"{party} 不是可投入号码的一方")
        need(party not in self.contributed, f"{party} 在同一轮重复投入号码")
        need(isinstance(value, str) and 6 <= len(value) <= 256, "投入的内容不是 6 至 256 个字符")
        self.contributed.add(party)
        self.in_order.append(("承诺先于投入号码", self.committed, entry))

    def _round_opened(self, entry: Entry, data: Json) -> None:
        self.round += 1
        need(equal(data["round"], self.round), f"轮次不连续:应为第 {self.round} 轮")
        need(equal(data["needs"], self.needs()), f"缺额与重算不符:应为 {self.needs()}")
        for item in data["excluded"]:
            candidate = item["candidate"]
            need(has_keys(item, ("candidate", "reason")), "excluded 的写法有误")
            need(candidate in self.manifest.group, f"排除了清单之外的 {candidate}")
            need(candidate not in self.excluded, f"{candidate} 重复排除")
            self.excluded.add(candidate)
        self.opened, self.contributed = entry, set()
        self.in_order.append((f"承诺先于第 {self.round} 轮开启", self.committed, entry))

    def _round_run(self, entry: Entry, data: Json) -> None:
        committed = self.committed.data
        need(self.opened, "没有已开启的轮次")
        need(equal(data["round"], self.round), f"轮次不连续:应为第 {self.round} 轮")
        need(is_hash(data["code"]) and self.round <= committed["chain"], "轮次码有误")
        code = link = bytes.fromhex(data["code"])
        for _ in range(self.round):
            link = hashlib.sha256(link).digest()
        need(link.hex() == committed["code"], "轮次码与承诺码不成链")
        self._check_mark(committed["mark_key"], data["mark"], entry)
        selected, short = self._select(code, data["mark"])
        names = "、".join(f"{item['slot']}:{item['candidate']}" for item in selected)
        need(equal(data["selected"], selected), f"抽取结果与重算不符:应为 {names or '无人'}")
        need(equal(data["short"], short), f"不足人数与重算不符:应为 {short}")
        self.selected.update({item["candidate"]: item["slot"] for item in selected})
        self.opened = None

    def _check_mark(self, key: str, mark: str, entry: Entry) -> None:
        """A committed key demands a mark: who holds x could else choose between two seeds."""
        if not key:
            need(mark == "", "没有抽取标记公钥,却有标记")
            return
        need(re.match(r"[0-9a-f]{128}\Z", mark), f"第 {self.round} 轮没有监督方的抽取标记")
        message = f"draw-round/v1\n{self.opened.leaf}\n".encode()
        good = ed25519_verify(bytes.fromhex(key), bytes.fromhex(mark), message)
        need(good, f"第 {self.round} 轮监督方的抽取标记无效")
        self.in_order.append((f"第 {self.round} 轮开启先于抽取", self.opened, entry))

    def _select(self, code: bytes, mark: str) -> tuple[list[Json], dict[str, int]]:
        """By ascending ticket, slot after slot, whoever may still be taken."""
        seed = _hmac(code, f"draw-seed/v1\n{self.opened.leaf}\n{mark}\n")
        manifest, needs = self.manifest, self.needs()
        taken = {*self.selected, *self.excluded}
        groups = {manifest.group[c] for slot in manifest.count for c in self.seated(slot)}
        selected: list[Json] = []
        short: dict[str, int] = {}
        for slot in (name for name in manifest.count if name in needs):
            left = needs[slot]
            handles = manifest.candidates[slot]
            for ticket, c in sorted((_hmac(seed, f"{slot}\n{c}").hex(), c) for c in handles):
                blocked = manifest.one_per_group and manifest.group[c] in groups
                if left and c not in taken and not blocked:
                    selected.append({"slot": slot, "candidate": c, "ticket": ticket})
                    taken.add(c)
                    groups.add(manifest.group[c])
                    left -= 1
            if left:
                short[slot] = left
        return selected, short

    def _answered(self, entry: Entry, data: Json) -> None:
        candidate, answer = data["candidate"], data["answer"]
        need(candidate in self.selected, "答复人未被抽中")
        need(answer in ("accepted", *_OUT), "答复的写法有误")
        himself = entry.actor["id"] == f"{self.draw}/{candidate}"
        proved = himself or answer == "struck" or is_hash(data["evidence"])
        need(proved, f"{candidate} 的答复由他人记录,却没有凭证的 SHA-256")
        self.answers[candidate] = answer
        if answer == "struck":
            self.struck[candidate] = entry.place
        self._check_seats()

    def _check_seats(self) -> None:
        """No more in a slot than were wanted, and one of an employer where that was asked."""
        counts = self.manifest.count
        over = [slot for slot in counts if len(self.seated(slot)) > counts[slot]]
        need(not over, f"抽取项 {'、'.join(over)} 的人数超出")
        groups = [self.manifest.group[c] for slot in counts for c in self.seated(slot)]
        alone = not self.manifest.one_per_group or len(set(groups)) == len(groups)
        need(alone, "同一单位有两人在席")

    def _delivered(self, entry: Entry, data: Json) -> None:
        need(data["candidate"] in self.selected, "收到消息的人未被抽中")
        need(data["status"] in ("delivered", "undelivered"), "送达结果的写法有误")
        need(is_hash(data["receipt"]), "送达回执的 SHA-256 有误")

    def _calls_opened(self, entry: Entry, data: Json) -> None:
        drawn = type(data["candidates"]) is list and data["candidates"]
        need(drawn and all(one in self.selected for one in drawn), "呼叫名单中有人未被抽中")

    def _candidate_opened(self, entry: Entry, data: Json) -> None:
        content = data["content"]
        open_envelope(data, entry.stream, content)
        named = (data["kind"], data["author"]) == ("draw_candidate", "system")
        need(named and has_keys(content, ("candidate", "expert", "org")), "身份信封的写法有误")
        candidate, expert, org = content["candidate"], content["expert"], content["org"]
        sealed = self.manifest.identity.get(candidate)
        need(sealed == data["commitment"], "身份信封与候选清单中的承诺不符")
        need(candidate not in self.identities, f"{candidate} 的身份重复开启")
        seated = candidate in self.seated(self.selected.get(candidate, ""))
        need(seated, f"{candidate} 不在席,不应开启其身份")
        for other, (other_expert, other_org) in self.identities.items():
            need(expert != other_expert, f"{candidate} 与 {other} 是同一名专家")
            together = self.manifest.group[candidate] == self.manifest.group[other]
            need(together == (org == other_org), f"{candidate} 与 {other} 的单位与分组不符")
        self.identities[candidate] = (expert, org)

    def _closed(self, entry: Entry, data: Json) -> None:
        seated = {name: self.seated(name) for name in self.manifest.count if self.seated(name)}
        stated = {name: handles for name, handles in data["seated"].items() if handles}
        need(equal(stated, seated), f"在席名单与重算不符:应为 {seated}")
        # The published known answers close with an empty `short` although places are open.
        good = equal(data["short"], {}) or equal(data["short"], self.needs())
        need(good, f"不足人数与重算不符:应为 {self.needs()}")
        self.over = "closed"

    def _abandoned(self, entry: Entry, data: Json) -> None:
        need(entry.actor["role"] in ("supervision", "regulator"), "作废抽取的不是监督部门")
        need(self.round, "第一轮之前应为撤销,不是作废")
        self.over = "abandoned"

    def _cancelled(self, entry: Entry, data: Json) -> None:
        need(not self.round, "第一轮之后不得撤销")
        self.over = "cancelled"


class EnteredDraw(Draw):
    """A draw that was made elsewhere: how cannot be re-run, what was entered of it is checked.

    Two persons stand behind every list, whoever signs in is who was sealed, and the seats follow.
    """

    keys = _LIST_KEYS
    foreign = (*_INSIDE, *_CHOICE_KEYS)
    words = ("外部抽取中不应有本机抽取的记录", "外部抽取的名单尚未复核", "录入和复核为同一人")
    order = "第 {} 份名单的录入先于复核"

    def __init__(self, draw: str, attachments: Attachments) -> None:
        super().__init__(draw, Manifest(_NOBODY))
        self._attachments = attachments
        self.lists: list[Entry] = []  # the entries that confirmed them
        self.waiting: Any = None  # the entry of a list that is not yet confirmed

    def take(self, entry: Entry) -> None:
        event = entry.type.partition(".")[2]
        need(event not in self.foreign, self.words[0])
        known = self.keys | _COURSE_KEYS
        keys = known.get(event) if entry.type.startswith("draw.") else None
        if keys is None:
            return
        need(not self.over or event == "candidate_opened", "抽取已结束,不应再有此条")
        if event != "cancelled":
            need(has_keys(entry.data, keys, _COMMON), "data 的键与格式不符")
            need(event in self.keys or self.lists, self.words[1])
        getattr(self, "_" + event)(entry, entry.data)

    def _list_entered(self, entry: Entry, data: Json) -> None:
        need(self.waiting is None, "前一份录入的名单尚未复核")
        need(is_count(data["number"], 1) and is_hash(data["sheet"]), "录入的名单写法有误")
        self.waiting = entry

    def _list_confirmed(self, entry: Entry, data: Json) -> None:
        first = self._entered(data)
        need(first.actor["id"] != entry.actor["id"], self.words[2])
        need(data["manifest"] == first.data["manifest"], "复核的名单与录入的不是同一份")
        manifest = Manifest(self._attachments.read(data["manifest"]))
        need(manifest.hash == data["manifest"] and manifest.value["draw"] == self.draw, _ANOTHER)
        known = manifest.identity
        kept = all(known.get(c) == self.manifest.identity[c] for c in self.selected)
        need(kept, "后来的名单改动了此前入选的人员")
        self.manifest = manifest
        added = {item["candidate"]: item["slot"] for item in data["selected"]}
        fresh = set(known) - set(self.selected)
        need(set(added) == fresh and len(added) == len(data["selected"]), "入选人员与名单不同")
        good = all(c in manifest.candidates.get(slot, ()) for c, slot in added.items())
        need(good, "入选人员不在所列的席位")
        self.selected.update(added)
        self._check_seats()
        self.lists.append(entry)
        self.committed, self.waiting = self.lists[0], None
        self.in_order.append((self.order.format(len(self.lists)), first, entry))

    def _list_returned(self, entry: Entry, data: Json) -> None:
        self._entered(data)
        self.waiting = None

    def _entered(self, data: Json) -> Entry:
        """The list that waits, which is the one that `data` names."""
        if self.waiting is None:
            raise Bad("没有待复核的名单")
        same = all(equal(data[key], self.waiting.data[key]) for key in ("number", "sheet"))
        need(same, "与录入的名单或者记录表不是同一份")
        entry: Entry = self.waiting
        return entry

    def _abandoned(self, entry: Entry, data: Json) -> None:
        need(entry.actor["role"] in ("supervision", "regulator"), "作废抽取的不是监督部门")
        self.over = "abandoned"

    def _cancelled(self, entry: Entry, data: Json) -> None:
        need(not self.lists, "名单复核之后不得撤销")
        self.over = "cancelled"


class AppointedDraw(EnteredDraw):
    """Experts of a special project whom the tenderer chose (条例第四十七条): nobody was drawn.

    The tenderer asked and supervision approved; the rest is checked as above.
    """

    keys = _CHOICE_KEYS
    foreign = (*_INSIDE, *_LIST_KEYS)
    words = ("直接确定专家的项目中不应有抽取的记录", "直接确定专家尚未批准", "申请和批准为同一人")
    order = "第 {} 次直接确定专家的申请先于批准"

    def _appointment_asked(self, entry: Entry, data: Json) -> None:
        need(entry.actor["role"] == "tenderer", "申请直接确定专家的不是招标人")
        need(isinstance(data["ground"], str) and data["ground"], "直接确定专家没有事由")
        self._list_entered(entry, data)

    def _appointed(self, entry: Entry, data: Json) -> None:
        need(entry.actor["role"] == "regulator", "批准直接确定专家的不是行政监督部门")
        self._list_confirmed(entry, data)

    def _appointment_refused(self, entry: Entry, data: Json) -> None:
        need(entry.actor["role"] == "regulator", "批准直接确定专家的不是行政监督部门")
        self._list_returned(entry, data)


_NOBODY = {
    **{"v": 1, "draw": "", "project": "", "attempt": 1, "one_per_group": False},
    "slots": [{"slot": "-", "specialty": "", "region": "", "count": 1, "candidates": []}],
}
_ANOTHER = "名单属于另一次抽取"


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode("utf-8"), hashlib.sha256).digest()


class ReceiptDiffers(Bad):
    """Entry n of a receipt is not the log's."""

    def __init__(self, n: int) -> None:
        super().__init__("抽取回执中的这一条与日志中的不同")
        self.n = n


def check_draws(bundle: Bundle, log: Log, attachments: Attachments, report: Report) -> list[Draw]:
    """Re-run every committed draw of the log; compare its receipt. Returns those that hold.

    One made elsewhere, or none at all, is among them as far as it was entered rightly.
    """
    draws: list[Draw] = []
    entered: list[Draw] = []
    for stream in sorted(log.kept):
        committed = [entry for entry in log.kept[stream] if entry.type == "draw.committed"]
        if stream.startswith("draw/") and committed:
            draws += _rerun(bundle, log, committed[0], attachments, report)
        elif stream.startswith("draw/"):
            entered += _reread(log.kept[stream], attachments, report)
    for name in bundle.under("draws"):
        if f"draw/{name[6:-5]}" not in log.streams:
            report.failed("draws", f"{name} 的抽取不在日志中")
    for draw in draws:
        _report_draw(draw, report)
    _check_attempts(log, draws, report)
    return draws + entered


def _reread(entries: list[Entry], attachments: Attachments, report: Report) -> list[Draw]:
    """Experts drawn elsewhere or chosen, read as far as can be; [] for none, or where it fails."""
    types = {entry.type for entry in entries}
    kinds = {"draw.list_entered": EnteredDraw, "draw.appointment_asked": AppointedDraw}
    kind = next((kinds[type_] for type_ in kinds if type_ in types), None)
    if kind is None:
        return []
    draw = kind(entries[0].stream[len("draw/") :], attachments)
    for entry in entries:
        try:
            strictly(draw.take, entry)
        except Bad as error:
            report.failed("draws", error, entry.where)
            return []
    _report_entered(draw, report)
    return [draw]


def _report_entered(draw: EnteredDraw, report: Report) -> None:
    ends = {"closed": "已关闭", "abandoned": "已作废", "cancelled": "已撤销", "": "进行中"}
    seated = sum(len(draw.seated(slot)) for slot in draw.manifest.count)
    opened = f"在席 {seated} 人,开启身份 {len(draw.identities)} 人,{ends[draw.over]}"
    if isinstance(draw, AppointedDraw):
        text = f"{draw.draw} 直接确定专家:{len(draw.lists)} 次申请均由招标人提出、监督部门批准"
        report.passed(f"draw/{draw.draw}", f"{text},{opened}")
        report.noted("draws", f"{draw.draw} 的专家由招标人直接确定,未经随机抽取(条例第四十七条)")
        for entry in draw.lists:
            sheet = entry.data["sheet"]
            report.noted("draws", f"{draw.draw} 说明材料的 SHA-256 为 {sheet}", entry.where)
        return
    text = f"抽取 {draw.draw} 在外部系统进行:{len(draw.lists)} 份名单均由两人录入和复核"
    report.passed(f"draw/{draw.draw}", f"{text},{opened}")
    report.noted("draws", f"抽取 {draw.draw} 抽取不可复核:怎样抽取无从重算,以省级系统的记录为准")
    for entry in draw.lists:
        sheet = entry.data["sheet"]
        report.noted("draws", f"抽取 {draw.draw} 所据记录表的 SHA-256 为 {sheet}", entry.where)


def _rerun(
    bundle: Bundle, log: Log, committed: Entry, attachments: Attachments, report: Report
) -> list[Draw]:
    """The draw, re-run; [] where it fails."""
    stream, draw = committed.stream, committed.stream[len("draw/") :]
    where: Where | None = None
    try:
        manifest = _read_receipt(bundle, f"draws/{draw}.json", log.streams[stream])
        if manifest is None:
            attachments.missing.add(f"draws/{draw}.json")
            manifest = attachments.read(committed.data.get("manifest"))
        where = committed.where
        run = Draw(draw, strictly(Manifest, manifest))
        for entry in log.kept[stream]:
            where = entry.where
            strictly(run.take, entry)
        need(run.opened is None, f"第 {run.round} 轮已开启而未抽取")
        return [run]
    except ReceiptDiffers as error:
        where = Where(stream, error.n, log.streams[stream].places[error.n])
        report.failed("draws", error, where)
    except Bad as error:
        report.failed("draws", error, where)
    return []


def _read_receipt(bundle: Bundle, name: str, stream: Stream) -> Json:
    """The manifest of a receipt that holds exactly the log's entries; None without receipt."""
    if name not in bundle.names:
        return None
    value = parse(bundle.read(name))
    need(has_keys(value, ("v", "entries", "manifest")) and equal(value["v"], 1), f"{name} 的键有误")
    texts = value["entries"]
    need(isinstance(texts, list) and all(isinstance(t, str) for t in texts), f"{name} 的写法有误")
    leaves = [leaf_hash(text.encode("utf-8", "replace")).hex() for text in texts]
    for n, (mine, logged) in enumerate(zip(leaves, stream.leaves)):
        if mine != logged:
            raise ReceiptDiffers(n)
    need(len(leaves) == len(stream.leaves), f"{name} 的条数与日志中的不同")
    return value["manifest"]


def _report_draw(draw: Draw, report: Report) -> None:
    seated = sum(len(draw.seated(slot)) for slot in draw.manifest.count)
    ends = {"closed": "已关闭", "abandoned": "已作废", "cancelled": "已撤销", "": "进行中"}
    text = f"抽取 {draw.draw} 重算相符:{draw.round} 轮,在席 {seated} 人"
    opened = f"开启身份 {len(draw.identities)} 人"
    report.passed(f"draw/{draw.draw}", f"{text},{opened},{ends[draw.over]}")
    if draw.over == "closed" and draw.needs():
        report.noted("draws", f"抽取 {draw.draw} 关闭时未满员,缺 {sum(draw.needs().values())} 人")
    key = draw.committed.data["mark_key"]
    note = f"的抽取标记公钥为 {key},请与监督方公布的核对" if key else "没有监督方的抽取标记"
    report.noted("draws", f"抽取 {draw.draw} {note}")


def _check_attempts(log: Log, draws: list[Draw], report: Report) -> None:
    """A repeated draw names the one that supervision abandoned; no two name the same."""
    by_leaf = {draw.committed.leaf: draw for draw in draws}
    replaced: set[str] = set()
    for draw in draws:
        data = draw.committed.data
        old = by_leaf.get(data["replaces"])
        if data["replaces"] is not None:
            good = old is not None and old.over == "abandoned" and data["replaces"] not in replaced
            before = old.committed.data if old else data
            good = good and before["project"] == data["project"]
            if not good or before["attempt"] + 1 != data["attempt"]:
                text = "replaces 所指的不是本项目上一次已作废的抽取"
                report.failed("draws", text, draw.committed.where)
            replaced.add(data["replaces"])
    first: dict[str, Draw] = {}
    for draw in draws:
        if draw.committed.leaf not in log.referred:
            report.noted("draws", f"日志中没有条目引用抽取 {draw.draw} 的承诺")
        if draw.committed.data["replaces"] is None and draw.over != "cancelled":
            other = first.setdefault(draw.committed.data["project"], draw)
            if other is not draw:
                text = f"抽取 {draw.draw} 与抽取 {other.draw} 同属一个项目,又不是作废后的重抽"
                report.noted("draws", text, draw.committed.where)
    report.passed("draws", f"{len(draws)} 次抽取全部重算相符")


# ------------------------------------------------- 11. Scores, candidates, ballots and the award

_SCORE = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,4})?\Z")
_ZERO = Fraction(0)


def points(text: Json) -> Fraction:
    """The exact value of a decimal string."""
    need(_SCORE.match(text), "分值的写法有误")
    return Fraction(text)


def _exact(value: Json) -> Fraction:
    """A stated value: an integer, a decimal string or an exact `{"sum", "count"}`."""
    exact = isinstance(value, dict)
    return Fraction(value["sum"]) / Fraction(value["count"]) if exact else Fraction(value)


def half_up(value: Fraction) -> str:
    """Two decimals, rounded half up."""
    return rounded(value, 2, "half_up")


def counted(aggregation: str, values: Iterable[Fraction], least: int = 5) -> list[Fraction]:
    """The values that count: all, or all but one highest and one lowest of `least` or more."""
    need(aggregation in ("sum", "mean", "trimmed_mean"), "汇总方法不在约定范围内")
    ordered = sorted(values)
    return ordered[1:-1] if aggregation == "trimmed_mean" and len(ordered) >= least else ordered


def benchmark(rule: Json, prices: list[int], ceiling: Json) -> Fraction:
    """The benchmark price (评标基准价) in fen, exactly, of the valid bids and the ceiling."""
    name, coefficient = rule["name"], points(rule["coefficient"])
    weight, least = points(rule.get("weight", "0")), rule.get("from", 5)
    known = name in ("lowest", "mean", "trimmed_mean", "ceiling_mean") and is_count(least, 5)
    need(known and is_count(ceiling), "评标基准价的计算方法不在约定范围内")
    if name == "lowest":
        return min(prices) * coefficient
    method = "trimmed_mean" if name == "trimmed_mean" else "mean"
    kept = counted(method, map(Fraction, prices), least)
    mean = sum(kept, _ZERO) / len(kept)
    return (Fraction(ceiling) * weight + mean * (1 - weight)) * coefficient


def price_points(factor: Json, prices: dict[str, int], ceiling: Json) -> dict[str, str]:
    """Bidder → points of a price factor, rounded as its formula says."""
    formula, most = factor["formula"], points(factor["max"])
    name, places, rounding = formula["name"], formula["places"], formula["rounding"]
    known = name in ("price_ratio", "linear_deduction") and rounding in ("half_up", "down")
    need(known and is_count(places) and places <= 4, "报价评分公式不在约定范围内")
    base, floor = benchmark(formula["benchmark"], list(prices.values()), ceiling), formula["floor"]
    found = {}
    for bidder, price in prices.items():
        value = base / price * most
        if name == "linear_deduction":
            rate = "per_percent_above" if price > base else "per_percent_below"
            value = most - abs(price - base) / base * 100 * points(formula[rate])
        found[bidder] = rounded(max(points(floor), min(most, value)), places, rounding)
    return found


def rounded(value: Fraction, places: int, rounding: str) -> str:
    """A value with so many decimals, rounded half up or down."""
    units = int(value * 10**places + (Fraction(1, 2) if rounding == "half_up" else 0))
    whole, rest = divmod(units, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def sheet_totals(factors: Json, bidders: Iterable[str], rows: Json) -> dict[str, Fraction]:
    """A member's total of each bidder; Bad unless every factor of every bidder is scored once."""
    top = {factor["factor"]: points(factor["max"]) for factor in factors}
    scores = {(row["bidder"], row["factor"]): points(row["score"]) for row in rows}
    complete = len(rows) == len(scores) and set(scores) == set(itertools.product(bidders, top))
    need(complete, "评分表没有对每个投标人的每个评分项恰好评分一次")
    need(all(score <= top[f] for (_, f), score in scores.items()), "评分表中有超过满分的分值")
    return {bidder: sum((scores[bidder, f] for f in top), _ZERO) for bidder in bidders}


def grouped(values: dict[str, Any], lowest_first: bool = False) -> list[list[str]]:
    """Names best first, equals together."""
    levels = sorted(set(values.values()), reverse=not lowest_first)
    return [sorted(name for name in values if values[name] == level) for level in levels]


class Cut(NamedTuple):
    """The line after so many places: who is in, who is tied on it for `left` places, who is out."""

    kept: list[str]
    tie: list[str]
    left: int
    out: list[list[str]]


def cut(groups: list[list[str]], seats: int) -> Cut:
    """Draw the line through names ordered best first, equals together."""
    kept: list[str] = []
    for place, group in enumerate(groups):
        left = seats - len(kept)
        if len(group) > left:
            tie = group if left else []
            return Cut(sorted(kept), tie, left, groups[place + 1 if left else place :])
        kept += group
    return Cut(sorted(kept), [], 0, [])


def without(groups: list[list[str]], gone: Iterable[str]) -> list[list[str]]:
    """The groups without some names; empty groups are left out."""
    left = [[name for name in group if name not in gone] for group in groups]
    return [group for group in left if group]


def choose(
    plan: Json, values: dict[str, Fraction], prices: Json, decided: Json = ()
) -> tuple[list[str], list[str]]:
    """(candidates, bidders whose tie is still open): ranked best first, unranked by bidder.

    `decided` is the order a public draw or the committee gave to bidders left open before.
    """
    seats, ranked = plan["candidates"]["count"], plan["candidates"]["ranked"]
    chosen: list[str] = []
    tied: list[str] = []
    queue = grouped(values)
    while queue and len(chosen) < seats and not tied:
        group = queue.pop(0)
        if len(group) <= (1 if ranked else seats - len(chosen)):
            chosen += group
        elif "lower_price" in plan["tie_rule"] and len({prices[b] for b in group}) > 1:
            queue = grouped({b: prices[b] for b in group}, lowest_first=True) + queue
        elif set(group) <= set(decided):
            queue = [[b] for b in decided if b in group] + queue
        else:
            tied = group
    return chosen if ranked else sorted(chosen), tied


class Count(NamedTuple):
    """A counted round: tally, names best first in groups, who goes on to a run-off or a draw."""

    tally: dict[str, Fraction]
    groups: list[list[str]]
    seats: int
    runoff: list[str]
    lottery: list[str]


def count_ballots(
    method: Json, among: list[str], seats: int, ballots: dict[str, Json], leader: str
) -> Count:
    """Count the ballots (by member) of a round under a method of the plan, catalogue A to I."""
    name = method["method"]
    if name == "pairwise" or method.get("vote") == "pairwise":
        votes = _pairs(among, ballots.values())
        tally, groups = _wins(among, votes), _head_to_head([sorted(among)], seats, votes)
    else:
        tally = _tally(method, among, seats, ballots)
        groups = grouped(tally)
    runoff: list[str] = []
    if 2 * tally[groups[0][0]] <= len(ballots):  # no majority
        if name == "direct_vote" and method.get("majority"):
            runoff = sorted(itertools.chain(*groups[: 1 if len(groups[0]) > 1 else 2]))
        elif name == "deliberation" and method["decided_by"] == "majority":
            runoff = sorted(among)
    if name == "deliberation" and method["decided_by"] == "chair":
        need(leader in ballots, "缺少定标组长的意见")
        first = _choices(ballots[leader])
        groups = [first, *without(groups, first)]
    line = cut(groups, seats)
    lottery = sorted(line.kept + line.tie) if name == "vote_lottery" else []
    return Count(tally, groups, seats, runoff, lottery)


def _choices(ballot: Json) -> list[str]:
    return list(ballot["choices"] if "choices" in ballot else ballot["chosen"])


def _tally(method: Json, among: list[str], seats: int, ballots: Json) -> dict[str, Fraction]:
    """Votes, points or scores of each name; Bad for a ballot against the rules of the method."""
    given: dict[str, list[Fraction]] = {name: [] for name in among}
    for member, ballot in ballots.items():
        row = _ballot(method, among, ballot)
        votes = method["method"] not in ("cumulative", "rank_points", "factor_scoring")
        good = set(row) <= set(among) and (not votes or len(row) == seats)
        need(good, f"{member} 的选票不符合定标方法")
        for name, value in row.items():
            given[name].append(value)
    scoring = method.get("scoring", "sum")
    return {name: sum(counted(scoring, values), _ZERO) for name, values in given.items()}


def _ballot(method: Json, among: list[str], ballot: Json) -> dict[str, Fraction]:
    """What one ballot gives to each name it speaks of."""
    kind = method["method"]
    if kind == "cumulative":
        given = {item["bidder"]: Fraction(item["points"]) for item in ballot["points"]}
        spent = sum(given.values()) == method.get("points", len(among))
        within = all(1 <= value <= method.get("cap", value) for value in given.values())
        need(len(given) == len(ballot["points"]) and spent and within, "累积投票的分值不符合约定")
        return given
    if kind == "rank_points":
        need(sorted(ballot["ranking"]) == sorted(among), "选票的排序不完整")
        return {name: Fraction(len(among) - i) for i, name in enumerate(ballot["ranking"])}
    if kind == "factor_scoring":
        return sheet_totals(method["factors"], among, ballot["scores"])
    names = _choices(ballot)
    need(len(set(names)) == len(names), "选票中有重复的名称")
    return {name: Fraction(1) for name in names}


def _pairs(among: list[str], ballots: Iterable[Json]) -> dict[tuple[str, str], int]:
    """How many members prefer the first of an ordered pair to the second."""
    votes = dict.fromkeys(itertools.permutations(among, 2), 0)
    for ballot in ballots:
        pairs = [(row["preferred"], row["other"]) for row in ballot.get("pairs", ())]
        pairs += itertools.combinations(ballot.get("ranking", ()), 2)
        whole = {frozenset(pair) for pair in pairs} == {frozenset(pair) for pair in votes}
        need(whole and 2 * len(pairs) == len(votes), "选票没有对每两个候选人恰好比较一次")
        for pair in pairs:
            votes[pair] += 1
    return votes


def _wins(among: list[str], votes: dict[tuple[str, str], int]) -> dict[str, Fraction]:
    return {a: Fraction(sum(votes[a, b] > votes[b, a] for b in among if b != a)) for a in among}


def _head_to_head(groups: list[list[str]], seats: int, votes: Any) -> list[list[str]]:
    """Order by pairs won; those tied on the line again by the pairs among themselves alone."""
    tie = cut(groups, seats).tie
    split = grouped(_wins(tie, votes)) if tie else []
    if len(split) < 2:
        return groups
    at = groups.index(tie)
    return _head_to_head([*groups[:at], *split, *groups[at + 1 :]], seats, votes)


class Pause(Exception):
    """The award cannot go on without a round (`round`), a public draw or the values of a rule."""

    def __init__(self, kind: str, among: list[str], seats: int) -> None:
        super().__init__(kind)
        self.kind, self.among, self.seats = kind, sorted(among), seats


Placing = Any  # (names that have the places, the others behind them in groups)


class Award:
    """Replays the award plan over the rounds held: what was counted, what must come next."""

    def __init__(self, plan: Json, standing: list[str], facts: dict[str, Any]) -> None:
        self.plan = plan
        self.methods = [{**method, "factors": plan["factors"]} for method in plan["methods"]]
        self.standing = sorted(standing)
        self.facts = facts  # what tie rules compare: rule → value by bidder
        self.leader = ""
        self.rounds: list[dict[str, Json]] = []  # ballots by member
        self.draws: list[list[str]] = []  # who was drawn in each public draw
        self.losses: list[tuple[str, int]] = []  # who was lost, after how many rounds and draws
        self.decided = False  # whether somebody was awarded already
        self.counts: list[Count] = []
        self.drawn = 0  # draws used by the replay at hand

    def decide(self) -> str:
        """The winner, who is lost giving way to the next; Pause where more is to be held first."""
        self.counts, self.drawn, remaining = [], 0, self.standing
        behind: list[list[str]] = []
        for method in self.methods if len(remaining) > 1 else ():
            if len(remaining) > method.get("keep", 1):
                for seats in self._stages(method, len(remaining)):
                    remaining, out = self._settle(method, remaining, seats, 0)
                    behind = out + behind
        need(len(remaining) == 1, "定标方案没有选出一名中标人")
        order = [remaining, *behind]
        while order[0][0] in self._lost():
            order = without(order, self._lost())
            need(order, "没有在列的候选人")
            if len(order[0]) > 1:
                first, others = self._chain(order[0], 1)
                order = [first, *others, *order[1:]]
        return order[0][0]

    def lose(self, bidder: str) -> None:
        """Put down a loss; the replay reaches it after as many rounds and draws as were held."""
        self.losses.append((bidder, len(self.rounds) + len(self.draws)))

    def _lost(self) -> set[str]:
        taken = len(self.counts) + self.drawn
        return {bidder for bidder, after in self.losses if after <= taken}

    def _draw(self, among: list[str], seats: int) -> Placing:
        """Take the next public draw, or ask for it."""
        among = sorted(among)
        if self.drawn == len(self.draws):
            raise Pause("lottery", among, seats)
        drawn = sorted(self.draws[self.drawn])
        good = set(drawn) < set(among) and len(set(drawn)) == len(drawn) == seats
        need(good, f"公开抽签与定标方案不符:应在 {'、'.join(among)} 中抽 {seats} 名")
        self.drawn += 1
        return drawn, [[name for name in among if name not in drawn]]

    def _stages(self, method: Json, names: int) -> list[int]:
        if method["method"] == "round_elimination":
            return list(self.plan["rounds"]["by_candidates"][str(names)])
        return [method.get("finalists", method.get("keep", 1))]

    def _settle(self, method: Json, among: list[str], seats: int, revotes: int) -> Placing:
        """Hold one ballot and whatever it takes until its places are filled."""
        if method["method"] == "direct_lottery" or len(among) <= method.get("finalists", 0):
            return self._draw(among, 1)
        priced = method["method"] == "price_competition"
        count = self._by_price(method, among) if priced else self._count(method, among, seats)
        if count.lottery:
            drawn, others = self._draw(count.lottery, 1)
            return drawn, others + without(count.groups, count.lottery)
        again = not priced and revotes < self.plan["max_revotes"]
        if count.runoff and again:
            kept, out = self._settle(method, count.runoff, seats, revotes + 1)
            return kept, out + without(count.groups, count.runoff)
        line = cut(count.groups, seats)
        more: list[str] = []
        out = []
        if line.tie and again:
            more, out = self._settle(method, line.tie, line.left, revotes + 1)
        elif line.tie:
            more, out = self._chain(line.tie, line.left)
        return sorted(line.kept + more), out + line.out

    def _chain(self, tie: list[str], left: int) -> Placing:
        """Fill the open places by the tie rules that need no ballot."""
        kept: list[str] = []
        behind: list[list[str]] = []
        for rule in (rule for rule in self.plan["tie_chain"] if rule not in ("revote", "lottery")):
            values = self.facts.get(rule, {})
            if not set(tie) <= set(values):
                raise Pause(rule, tie, left)
            line = cut(grouped({b: values[b] for b in tie}, rule == "lower_price"), left)
            kept, behind, tie, left = kept + line.kept, line.out + behind, line.tie, line.left
            if not tie:
                return kept, behind
        drawn, others = self._draw(tie, left)
        return kept + drawn, others + behind

    def _by_price(self, method: Json, among: list[str]) -> Count:
        prices = {name: Fraction(self.facts["lower_price"][name]) for name in among}
        rule, mean = method["price_rule"], sum(prices.values(), _ZERO) / len(prices)
        if rule == "closest_to_mean":
            prices = {name: abs(price - mean) for name, price in prices.items()}
        groups = grouped(prices, lowest_first=True)
        place = {"second_lowest": 2, "nth_lowest": method.get("nth")}.get(rule, 1)
        if place > len(groups):
            groups, place = [sorted(among)], 1
        return Count(prices, [groups.pop(place - 1), *groups], 1, [], [])

    def _count(self, method: Json, among: list[str], seats: int) -> Count:
        if len(self.counts) == len(self.rounds):
            raise Pause("round", among, seats)
        ballots = self.rounds[len(self.counts)]
        self.counts.append(count_ballots(method, among, seats, ballots, self.leader))
        return self.counts[-1]


_CHANGING = ("reevaluate", "fail")
_COMPLAINT = {
    "": ("filed",),
    "filed": ("accepted", "refused", "withdrawn"),
    "accepted": ("examining", "not_upheld", "upheld", "withdrawn"),
    "examining": ("accepted", "withdrawn"),
}
"""State of a complaint → the states that follow it."""


class Project:
    """Re-runs scores, candidates, ballots and award of one project stream, entry by entry."""

    def __init__(
        self, code: str, attachments: Attachments, envelopes: Envelopes, draws: list[Draw]
    ) -> None:
        self.code = code
        self._attachments = attachments
        self._envelopes = envelopes
        self._draws = {draw.draw: draw for draw in draws}
        self.regime = ""
        self.plan = self.evaluation_plan = ""  # SHA-256 of the published documents
        self.representatives: set[str] = set()
        self.prices: dict[str, int] = {}
        self.rejected: set[str] = set()
        self.members: list[str] = []
        self.draw = ""  # the draw of the present committee
        self.opened: dict[str, dict[str, Json]] = {}  # sheets and ballots: kind → author → content
        self.sheets: dict[tuple[str, str], str] = {}  # (kind, member) → commitment, as opened
        self.carried: dict[str, str] = {}  # member → kind of a sheet counting from an earlier round
        self.void: dict[str, Json] = {}  # voided sheets: commitment → data of the entry
        self.ceiling = 0  # the published ceiling in fen
        self.judged: list[Json] = []  # abnormal scores, as the committee judged them
        self.established = ""  # SHA-256 of the objective factors as the committee found them
        self.totals: dict[str, Fraction] = {}  # none under a method without scores
        self.shown: dict[str, str] = {}  # each bidder's result in words
        self.candidates: list[str] = []
        self.gone: set[str] = set()
        self.voters: list[str] = []
        self.leader = ""
        self.award: Any = None
        self.papers: list[Json] = []  # what stands before the members when they vote
        self.rounds: dict[str, Json] = {}  # data of opened ballot rounds by code
        self.lotteries: list[Json] = []  # public draws that were asked for
        self.done: list[str] = []  # what was re-run, in words
        self.place = 0  # log index of the entry at hand
        self.undecided: list[str] = []  # what the published rules alone do not decide, in words
        self.outcome: dict[str, Json] = {"candidates": [], "winner": ""}  # as the entries state it
        self.complaints: dict[str, str] = {}  # code → state
        self.orders: dict[str, str] = {}  # complaint that was upheld → what is still to be done

    def take(self, entry: Entry) -> None:
        """Check one entry of the project's stream, in order; Bad names the difference."""
        kind, _, event = entry.type.partition(".")
        self.place = entry.place
        if kind == "project" and "complaint" in entry.data:
            self._complain(entry.data["complaint"])
        step = getattr(self, f"on_{event}", None)
        if kind == "project" and step is not None:
            step(entry.data)

    def _complain(self, step: Json) -> None:
        """A complaint goes along its edges from the state it is in."""
        code, before, after = step["code"], step["from"], step["to"]
        known = before == self.complaints.get(code, "") and after in _COMPLAINT.get(before, ())
        need(known, f"投诉 {code} 由“{before}”到“{after}”不符合规定的办理程序")
        self.complaints[code] = after

    def _opened(self, data: Json) -> Json:
        need(data["commitment"] in self._envelopes.contents, "信封未能开启,无法重算")
        return self._envelopes.contents[data["commitment"]]

    def on_registered(self, data: Json) -> None:
        self.regime, self.evaluation_plan = data["regime"], data.get("evaluation_plan", "")
        self.ceiling = data.get("ceiling_fen", 0)

    def on_award_plan_fixed(self, data: Json) -> None:
        self.plan = data["plan"]

    def on_tender_published(self, data: Json) -> None:
        need(data["plan"] == self.plan, "招标文件公布的定标方案与此前固定的不同")
        self.evaluation_plan = data["evaluation_plan"]

    def on_clarified(self, data: Json) -> None:
        need(not self.prices, "开标以后不得澄清、修改招标文件")
        self.plan = data["plan"]

    def on_bid_opened(self, data: Json) -> None:
        content = self._opened(data)
        need(content["bidder"] not in self.prices, "同一投标人有两份投标")
        need(is_count(content["price_fen"], 1), "投标报价有误")
        self.prices[content["bidder"]] = content["price_fen"]

    def on_opened(self, data: Json) -> None:
        need(equal(data["bids"], len(self.prices)), "开标的投标份数与开启的不同")

    def on_representative_appointed(self, data: Json) -> None:
        self.representatives.add(data["member"])

    def on_evaluation_started(self, data: Json) -> None:
        need(data["draw"] in self._draws, "评标委员会所依据的抽取不在证据包中,或未能重算")
        drawn = {expert for expert, _ in self._draws[data["draw"]].identities.values()}
        self.draw, before = data["draw"], self.members
        self.members = sorted(data["members"])
        if "resumed" not in data:
            self.carried = {}
        for one in data.get("carried", ()):
            member, sheet = one["member"], (one["kind"], one["member"])
            stayed = member in before and member in self.members
            fixed = self.sheets.get(sheet) == one["commitment"] not in self.void
            need(stayed and fixed, f"{member} 的评分不能沿用:本人已更换,或者评分未开启、已作废")
            self.carried[member] = one["kind"]
        self._check_struck()
        strangers = set(self.members) - drawn - self.representatives
        need(not strangers, f"{'、'.join(sorted(strangers))} 既非抽中的专家,也非招标人代表")

    def _check_struck(self) -> None:
        """Nobody whom the draw has struck by now sits (条例第四十八条第三款)."""
        draw = self._draws[self.draw]
        gone = {
            draw.identities[candidate][0]
            for candidate, place in draw.struck.items()
            if candidate in draw.identities and place < self.place
        }
        still = "、".join(sorted(gone & set(self.members)))
        need(not still, f"{still} 已因回避更换,仍列为评标委员会成员")

    def on_recheck_requested(self, data: Json) -> None:
        self.carried, self.established = {}, ""
        self.outcome.update(candidates=[], winner="")

    on_reconfirmed = on_recheck_requested

    def on_complaint_decided(self, data: Json) -> None:
        if data["outcome"] in _CHANGING:
            self.orders[data["complaint"]["code"]] = data["outcome"]

    def on_upheld(self, data: Json) -> None:
        because = data["because"]
        ordered = self.orders.pop(because, data["outcome"])
        need(ordered == data["outcome"], f"投诉 {because} 决定的处理为 {ordered},与办理的不同")
        self.on_recheck_requested(data)

    def on_resumed(self, data: Json) -> None:
        open_orders = "、".join(sorted(self.orders))
        need(not self.orders, f"投诉 {open_orders} 成立,尚未按决定办理即恢复")

    def on_bid_rejected(self, data: Json) -> None:
        need(data["bidder"] in self.prices, "否决的不是投标人")
        self.rejected.add(data["bidder"])
        self.carried = {}

    def on_sheet_voided(self, data: Json) -> None:
        sealed = self._envelopes.seals.get(data["commitment"])
        mine = (data["kind"], data["member"])
        same = sealed is not None and (sealed.data["kind"], sealed.data["author"]) == mine
        need(
            same and data["commitment"] not in self.void, "作废的不是该成员封存的评分,或者重复作废"
        )
        self.void[data["commitment"]] = data

    def on_score_sheet_not_opened(self, data: Json) -> None:
        need(data["commitment"] in self.void, f"{data['author']} 的评分未曾作废,却没有开启")

    def on_score_sheet_opened(self, data: Json) -> None:
        need(data["commitment"] not in self.void, f"{data['author']} 的评分已作废,不应开启")
        self.sheets[data["kind"], data["author"]] = data["commitment"]
        self.opened.setdefault(data["kind"], {})[data["author"]] = self._opened(data)

    def on_score_judged(self, data: Json) -> None:
        self.judged.append(data)

    def on_factors_established(self, data: Json) -> None:
        self.established = data["result"]

    def on_totals_computed(self, data: Json) -> None:
        plan = self._attachments.read(self.evaluation_plan)
        result = self._attachments.read(data["result"])
        sheets = self._counting(f"score_sheet/{data['round']}")
        need(sorted(sheets) == self.members, "评分表的作者与评标委员会成员不同")
        prices = {b: self.prices[b] for b in sorted(set(self.prices) - self.rejected)}
        need(result["aggregation"] == plan["aggregation"], "汇总方法与公布的不同")
        rows = {row["bidder"]: row for row in result["totals"]}
        same = sorted(rows) == list(prices) and len(result["totals"]) == len(rows)
        need(same, "总分表的单位不符")
        shared = self._shared(plan, prices)
        scored = plan.get("method", "comprehensive") == "comprehensive"
        if scored:
            sheets = self._replaced(sheets, data["round"], result)
        rerun = self._scored if scored else self._reviewed
        values = rerun(plan, prices, sheets, shared, rows)
        self.totals = values if scored else {}
        if plan["v"] != 1:
            need(equal(result["shared"], shared), "统一计入的得分与重算不符")
        chosen, tied = choose(plan, values, prices, result.get("decided_order", ()))
        need(data["candidates"] == chosen, f"候选人与重算不符:应为 {'、'.join(chosen) or '无'}")
        self.undecided += [f"{'、'.join(tied)} 同分,公布的规则不能区分"] if tied else []
        self.shown = {bidder: row["total"] for bidder, row in rows.items()}
        self.candidates, self.gone = chosen, set()
        self.done.append(f"{len(sheets)} 份评分表的总分与候选人")

    def _shared(self, plan: Json, prices: dict[str, int]) -> list[Json]:
        """Points that count alike on every sheet: what was established, what prices give."""
        shared: list[Json] = []
        if plan["v"] != 1 and any(one["kind"] == "objective" for one in plan["factors"]):
            told = self._attachments.read(self.established)["scores"]
            shared += [row for row in told if row["bidder"] in prices]
        for factor in plan["factors"] if plan["v"] != 1 else ():
            if factor["kind"] == "price":
                name, found = factor["factor"], price_points(factor, prices, self.ceiling)
                shared += [{"bidder": b, "factor": name, "score": found[b]} for b in prices]
        return shared

    def _replaced(self, sheets: Json, number: Json, result: Json) -> dict[str, Json]:
        """The sheets with the mean of the others for what the committee found abnormal."""
        cells = [
            (one["about"], one["bidder"], one["factor"])
            for one in self.judged
            if one["replaced"] is True and equal(one["round"], number)
        ]
        given = {
            (member, row["bidder"], row["factor"]): points(row["score"])
            for member, sheet in sheets.items()
            for row in sheet["scores"]
        }
        now: dict[Any, str] = {}
        for cell in cells:
            need(cell in given, "被认定异常的评分不在评分表中")
            others = [v for at, v in given.items() if at[1:] == cell[1:] and at not in cells]
            need(others, "没有其他成员的评分可以代替异常评分")
            now[cell] = rounded(sum(others, _ZERO) / len(others), 4, "half_up")
        keys = ("member", "bidder", "factor", "score")
        rows = [dict(zip(keys, (*cell, now[cell]))) for cell in cells]
        need(equal(result.get("replaced", []), rows), "代替异常评分的平均值与重算不符")
        return {
            member: {"scores": [self._now(member, row, now) for row in sheet["scores"]]}
            for member, sheet in sheets.items()
        }

    @staticmethod
    def _now(member: str, row: Json, now: dict[Any, str]) -> Json:
        return {**row, "score": now.get((member, row["bidder"], row["factor"]), row["score"])}

    def _scored(
        self, plan: Json, prices: Json, sheets: Json, shared: list[Json], rows: Json
    ) -> dict[str, Fraction]:
        """Every bidder's mean of the members' totals, compared with what the result says."""
        by_member = {
            member: sheet_totals(plan["factors"], prices, sheet["scores"] + shared)
            for member, sheet in sheets.items()
        }
        method, least = plan["aggregation"], plan.get("trim_from", 5)
        kept = {b: counted(method, (row[b] for row in by_member.values()), least) for b in prices}
        values = {b: sum(each, _ZERO) / len(each) for b, each in kept.items()}
        for bidder, row in rows.items():
            self._check_total(bidder, row, by_member, kept[bidder])
            self._check_rank(bidder, row, values)
        return values

    def _reviewed(
        self, plan: Json, prices: Json, sheets: Json, shared: list[Json], rows: Json
    ) -> dict[str, Fraction]:
        """Of every bid that more than half of the members pass: votes, or the price's negative."""
        priced = plan["method"] == "lowest_price"
        need(priced or plan["method"] == "qualitative", "评标方法不在约定范围内")
        given = {member: self._verdicts(sheet, prices) for member, sheet in sheets.items()}
        added = sheet_totals(plan["factors"], prices, shared)
        costs = {b: price * (1 + added[b] / 100) for b, price in prices.items()}
        votes = {b: sum(row[b] == "pass" for row in given.values()) for b in prices}
        passed = [b for b in prices if 2 * votes[b] > len(given)]
        for bidder, row in rows.items():
            cheaper = sum(costs[other] < costs[bidder] for other in passed)
            each = f"{votes[bidder]}/{len(given)}"
            good = {
                "bidder": bidder,
                "members": [{"member": m, "verdict": given[m][bidder]} for m in sorted(given)],
                "votes": votes[bidder],
                "count": len(given),
                "passed": bidder in passed,
                "total": half_up(costs[bidder] / 100) if priced else each,
                "rank": 1 + cheaper if priced and bidder in passed else None,
            }
            need(equal(row, good), f"{bidder} 的评审结论与重算不符")
        return {b: -costs[b] if priced else Fraction(votes[b]) for b in passed}

    @staticmethod
    def _verdicts(sheet: Json, prices: Json) -> dict[str, str]:
        """Bidder → a member's verdict; Bad unless every valid bid has exactly one."""
        found = {row["bidder"]: row["verdict"] for row in sheet["verdicts"]}
        once = sorted(found) == sorted(prices) and len(found) == len(sheet["verdicts"])
        fit = all(verdict in ("pass", "fail") for verdict in found.values())
        need(once and fit, "评审表没有对每个投标人恰好给出一次结论")
        return found

    def _counting(self, kind: str) -> dict[str, Json]:
        """Member → sheet: those of the round and those carried on, without what was voided."""
        named = [*((m, kind) for m in self.opened.get(kind, {})), *self.carried.items()]
        need(len(dict(named)) == len(named), "同一成员有两份有效的评分")
        return {
            member: self.opened[where][member]
            for member, where in named
            if self.sheets[where, member] not in self.void
        }

    def _check_total(self, bidder: str, row: Json, by_member: Json, kept: Json) -> None:
        value = sum(kept, _ZERO) / len(kept)
        stated = {item["member"]: points(item["total"]) for item in row["members"]}
        mine = {member: totals[bidder] for member, totals in by_member.items()}
        need(stated == mine, f"{bidder} 的各成员总分与重算不符")
        same = points(row["sum"]) == sum(kept, _ZERO) and equal(row["count"], len(kept))
        need(
            same and row["total"] == half_up(value),
            f"{bidder} 的总分与重算不符:应为 {half_up(value)}",
        )

    def _check_rank(self, bidder: str, row: Json, values: dict[str, Fraction]) -> None:
        rank = 1 + sum(other > values[bidder] for other in values.values())
        need(equal(row["rank"], rank), f"{bidder} 的名次与重算不符:应为第 {rank} 名")

    def on_award_paper_filed(self, data: Json) -> None:
        if equal(data["input"], True):
            self.papers.append({"paper": data["paper"], "evidence": data["evidence"]})

    def on_report_submitted(self, data: Json) -> None:
        self.papers = []
        self._check_struck()
        self._check_voided(data["report"])
        rows = self.outcome["candidates"] = data["candidates"]
        named = sorted(row["bidder"] for row in rows)
        need(named == sorted(self.candidates), "评标报告的候选人与汇总结果不同")
        for row in rows:
            value = self.shown[row["bidder"]]
            need(row["total"] == value, f"评标报告中 {row['bidder']} 的总分应为 {value}")
        ranks = {row["rank"]: row["bidder"] for row in rows}
        if None not in ranks:
            need([ranks[place] for place in sorted(ranks)] == self.candidates, "评标报告的排序不符")

    def _check_voided(self, report: Json) -> None:
        """The report names every voided sheet (条例第四十八条第三款)."""
        try:
            stated = self._attachments.read(report).get("voided", [])
        except Bad:
            return  # missing or altered: said of the attachment itself
        mine = [_own(one) for one in self.void.values()]
        need(equal(stated, mine), "评标报告没有如实列明已作废的评分")

    def on_candidate_left(self, data: Json) -> None:
        need(data["bidder"] in self.candidates, "退出的不是候选人")
        self.gone.add(data["bidder"])
        if self.award and self.award.decided:
            self.award.lose(data["bidder"])
        elif self.award and not self.award.rounds:
            self.on_award_begun(data)

    def on_winner_lost(self, data: Json) -> None:
        self.gone.add(data["bidder"])
        self.outcome["winner"] = ""
        if self.award:
            self.award.lose(data["bidder"])
            by_result = self.award.plan.get("withdrawal") == "NEXT_BY_RESULT"
            if data.get("to") == "awarding" and not by_result:  # a new vote among the others
                self.on_award_begun(data)

    def on_award_begun(self, data: Json) -> None:
        standing = [bidder for bidder in self.candidates if bidder not in self.gone]
        facts = {"lower_price": self.prices, "evaluation_result": self.totals}
        self.award = Award(self._attachments.read(self.plan), standing, facts)
        self.award.leader = self.leader

    def on_award_members_opened(self, data: Json) -> None:
        content = self._opened(data)
        self.voters, self.leader = sorted(content["members"]), content["leader"]
        self.award.leader = self.leader

    def on_award_member_replaced(self, data: Json) -> None:
        fresh = data["replacement"] not in self.voters and self.award and not self.award.rounds
        need(data["member"] in self.voters and fresh, "更换的不是定标委员,或者已经投票")
        others = [voter for voter in self.voters if voter != data["member"]]
        self.voters = sorted([*others, data["replacement"]])
        if self.leader == data["member"]:
            self.leader = self.award.leader = data["replacement"]

    def on_round_opened(self, data: Json) -> None:
        need(self.award, "定标尚未开始")
        stated = data.get("papers", [])
        need(equal(stated, self.papers), "本轮列明的定标依据材料与投票前提交的不同")
        try:
            winner = self.award.decide()
        except Pause as pause:
            asked = pause.kind == "round" and sorted(data["eligible"]) == pause.among
            text = f"应在 {'、'.join(pause.among)} 中选 {pause.seats} 名"
            need(asked and equal(data["seats"], pause.seats), f"本轮与定标方案不符:{text}")
            self.rounds[data["round"]["code"]] = data
            return
        raise Bad(f"已由 {winner} 中标,定标方案不再要求投票")

    def on_ballot_opened(self, data: Json) -> None:
        content, author = self._opened(data), data["author"]
        written = len("".join(content["reason"].split()))
        need(written >= self.award.plan["min_reason_chars"], f"{author} 的投票理由字数不足")
        self.opened.setdefault(data["kind"], {})[author] = content

    def on_round_counted(self, data: Json) -> None:
        opened, winner = self.rounds[data["round"]["code"]], ""
        ballots = self.opened.get(opened["kind"], {})
        whole = len(ballots) == self.award.plan["committee"]["size"]
        need(whole and sorted(ballots) == (self.voters or sorted(ballots)), "投票人与定标委员不同")
        same = _alike(ballots)
        need(equal(data.get("alike", []), same), "投票理由雷同的委员与重算不符")
        self.award.rounds.append(ballots)
        try:
            winner = self.award.decide()
        except Pause:
            winner = ""
        self._check_count(self.award.counts[-1], data)
        need(data["winner"] == winner, f"本轮的中标人与重算不符:应为 {winner or '未定'}")
        self.done.append(f"{opened['kind']} {len(ballots)} 张选票")

    def _check_count(self, count: Count, data: Json) -> None:
        stated = {row["bidder"]: _exact(row["votes"]) for row in data["tally"]}
        text = "、".join(f"{name} {value}" for name, value in sorted(count.tally.items()))
        need(stated == count.tally, f"计票与重算不符:应为 {text}")
        kept, tie, *_ = cut(count.groups, count.seats)
        if count.runoff or count.lottery:
            kept, tie = count.lottery, []
        need(sorted(data["kept"]) == kept, f"入选名单与重算不符:应为 {'、'.join(kept) or '无'}")
        need(sorted(data["tie"]) == tie, f"平票名单与重算不符:应为 {'、'.join(tie) or '无'}")

    def on_lottery_called(self, data: Json) -> None:
        before = self._draws.get(self.lotteries[-1]["draw"]) if self.lotteries else None
        good = before is None or before.over
        need(good, "前一次公开抽签没有作废,又申请公开抽签")
        among, seats = self._asked()
        text = f"公开抽签与定标方案不符:应在 {'、'.join(among)} 中抽 {seats} 名"
        need(sorted(data["among"]) == among and equal(data["seats"], seats), text)
        self.lotteries.append(data)

    def _asked(self) -> tuple[list[str], int]:
        """Among whom the record demands a public draw now, and for how many places."""
        need(self.award, "定标尚未开始")
        try:
            winner = self.award.decide()
        except Pause as pause:
            need(pause.kind == "lottery", "定标方案此时没有要求公开抽签")
            return pause.among, pause.seats
        raise Bad(f"已由 {winner} 中标,定标方案不再要求公开抽签")

    def on_lottery_drawn(self, data: Json) -> None:
        called = self.lotteries[-1] if self.lotteries else {}
        keys = ("draw", "among", "seats")
        need(called and all(equal(called[key], data[key]) for key in keys), "公开抽签未经申请")
        draw = self._draws.get(data["draw"])
        if draw is None:
            raise Bad("公开抽签不在证据包中,或未能重算")
        value, (slot, *others) = draw.manifest.value, draw.manifest.count
        need(value["project"] == self.code and not others, "公开抽签的清单不属于本项目")
        same = draw.manifest.candidates[slot] == sorted(data["among"])
        same = same and equal(draw.manifest.count[slot], data["seats"])
        need(same and not any(draw.manifest.identity.values()), "公开抽签的清单与申请的范围不同")
        once = draw.round == 1 and not draw.answers and not draw.excluded
        need(once and draw.over == "closed", "公开抽签应只有一轮,随即关闭")
        need(list(draw.selected) == data["drawn"], "公开抽签的结果与抽取回执不同")
        self.award.draws.append(data["drawn"])
        self.done.append(f"公开抽签 {data['draw']} 抽出 {'、'.join(data['drawn'])}")

    def on_awarded(self, data: Json) -> None:
        bidder, standing = data["bidder"], [b for b in self.candidates if b not in self.gone]
        need(bidder in standing, "中标人不是在列的候选人")
        need(equal(data["price_fen"], self.prices[bidder]), "中标价与投标报价不同")
        if self.regime != "separated":
            need(bidder == standing[0], f"中标人与重算不符:应为排序第一的 {standing[0]}")
        else:
            need(self.award, "没有定标会议的记录")
            self._check_winner(bidder)
        self.outcome["winner"] = bidder
        self.done.append(f"中标人 {bidder}")

    def _check_winner(self, bidder: str) -> None:
        try:
            winner = self.award.decide()
        except Pause as pause:
            need(pause.kind != "round", "定标方案要求的投票尚未完成")
            need(pause.kind != "lottery", "定标方案要求的公开抽签尚未进行")
            need(bidder in pause.among, "中标人不在平票的范围内")
            text = f"{'、'.join(pause.among)} 之间由规则 {pause.kind}决定,见其记录"
            self.undecided.append(text)
        else:
            need(bidder == winner, f"中标人与重算不符:应为 {winner}")
        self.award.decided = True


def _alike(ballots: dict[str, Json]) -> list[list[str]]:
    """Members whose reasons are the same text but for blanks."""
    by_text: dict[str, list[str]] = {}
    for member in sorted(ballots):
        by_text.setdefault("".join(ballots[member]["reason"].split()), []).append(member)
    return [members for members in by_text.values() if len(members) > 1]


def _own(data: Json) -> Json:
    """The data of an entry without what every entry may have."""
    return {key: value for key, value in data.items() if key not in _COMMON or key == "basis"}


def check_projects(
    bundle: Bundle, log: Log, start: Callable[[str], Project], report: Report
) -> None:
    """Re-run every project of the log, as far as its envelopes are opened; compare report.json."""
    outcomes: list[Json] = []
    for stream in sorted(name for name in log.kept if name.startswith("project/")):
        project = start(stream.partition("/")[2])
        for entry in log.kept[stream]:
            try:
                strictly(project.take, entry)
            except Bad as error:
                report.failed(stream, error, entry.where)
                break
        for text in project.undecided:
            report.noted(stream, f"{stream}:{text}")
        if project.done:
            report.passed(stream, f"{stream} 重算相符:{';'.join(project.done)}")
        named = {"project": stream.partition("/")[2], "state": log.streams[stream].state or ""}
        outcomes.append({**named, **project.outcome})
    if "report.json" in bundle.names:
        try:
            stated = parse(bundle.read("report.json"))
            need(equal(stated, {"v": 1, "projects": outcomes}), "report.json 与重算的结果不同")
        except Bad as error:
            report.failed("report", error)
        report.passed("report", "report.json 与重算的结果相同")


# --------------------------------------------------------------------------- 12. The whole check


def verify(path: str, policy_text: str | None = None, fast: bool = False) -> Report:
    """Check a bundle, under the verifier's own tlog-policy where one is given.

    Raises Unreadable where the file is no bundle or the policy no policy.
    """
    try:
        policy = None if policy_text is None else Policy(policy_text)
    except Bad as error:
        raise Unreadable(str(error)) from error
    report, bundle = Report(), Bundle(path)
    if check_files(bundle, report):
        _check_all(bundle, policy, fast, report)
    return report


def _check_all(bundle: Bundle, policy: Policy | None, fast: bool, report: Report) -> None:
    whole = "proofs.jsonl" not in bundle.names
    notes = read_checkpoints(bundle, report)
    attachments = Attachments(bundle)
    envelopes = Envelopes(attachments)
    lines = bundle.lines("entries.jsonl")
    proofs = [] if whole else read_proofs(bundle, report)
    places = list(range(len(lines))) if whole else [index for index, _ in proofs]
    log = read_log(lines, places, fast, {"envelopes": envelopes.take}, report)
    check_refs(log, whole, report)
    envelopes.finish(report)
    draws = check_draws(bundle, log, attachments, report)

    def start(code: str) -> Project:
        return Project(code, attachments, envelopes, draws)

    check_projects(bundle, log, start, report)
    if whole:
        check_whole_tree(bundle, log, notes, report)
    else:
        check_case_tree(log, notes, proofs, report)
        check_consistency(bundle, notes, report)
    trust = Trust(policy, [] if policy else read_keys(bundle, report))
    trust.read_rotations(log, notes[-1].origin if notes else "", report)
    witnessed = check_trust(log, notes, trust, report)
    order = itertools.chain(envelopes.in_order(), *(draw.in_order for draw in draws))
    for what, fixed, later in order if witnessed else ():
        if not trust.fixed_before(fixed, later):
            report.noted("order", f"没有见证检查点证明{what}", later.where)
    report.scope = "整个日志" if whole else "单案"
    report.size = notes[-1].size if notes else 0
    report.missing = sorted(attachments.missing)
    _conclude(report, policy is not None, witnessed)


def read_keys(bundle: Bundle, report: Report) -> list[Key]:
    """The vkeys the bundle brings along."""
    try:
        return [parse_vkey(line.decode("utf-8")) for line in bundle.lines("keys") if line]
    except (Bad, UnicodeDecodeError):
        report.failed("signatures", "keys 中有无法识别的公钥")
        return []


def _conclude(report: Report, own: bool, witnessed: bool) -> None:
    for name in report.missing:
        report.noted("attachments", f"证据包中缺少 {name}")
    if not own:
        report.noted("policy", "未使用核验人自己的政策文件,签名人身份未确认")
    if report.scope == "单案":
        report.noted("scope", "单案证据包不能证明此后没有其他条目,须以整个日志核验")
    if any(fault.area != "witness" for fault in report.faults):
        report.verdict = VERDICT_BAD
    elif not witnessed:
        report.verdict = VERDICT_SEALED
    else:
        report.verdict = VERDICT_WITNESSED if own else VERDICT_UNKNOWN_SIGNER


def main(arguments: list[str] | None = None) -> int:
    """Command line. Returns the exit status."""
    parser = argparse.ArgumentParser(description="离线核验证据包")
    parser.add_argument("bundle", help="证据包(zip)")
    parser.add_argument("--policy", metavar="FILE", help="核验人自己的政策文件(tlog-policy)")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.add_argument("--fast", action="store_true", help="只查重复的键,不查规范形式")
    options = parser.parse_args(arguments)
    try:
        text = _read_text(options.policy) if options.policy else None
        report = verify(options.bundle, text, options.fast)
    except Unreadable as error:
        status, lines = 2, [f"不通过 {error}", f"结论:{VERDICT_UNREADABLE}"]
        value = {"verdict": VERDICT_UNREADABLE, "ok": False, "exit": status, "error": str(error)}
    else:
        status, lines, value = report.exit_code, list(report.lines()), report.as_json()
    output = json.dumps(value, ensure_ascii=False, indent=1) if options.json else "\n".join(lines)
    sys.stdout.buffer.write(output.encode("utf-8") + b"\n")
    return status


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable("政策文件打不开,或不是 UTF-8") from error


if __name__ == "__main__":
    sys.exit(main())
