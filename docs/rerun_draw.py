"""Run draws again from their receipts; standard library only, shares no code with the system.

    python3 rerun_draw.py draw-NH2025-0701-D1.json ...

The rules are section 4 of formats.md. Not checked: that the entries stand in the log and that the
commission's mark is genuine (verify.py checks both); the mark's bytes enter the seed as they are.
"""

import hashlib
import hmac
import json
import sys


def need(holds, text):
    if not holds:
        raise ValueError(text)


def sha(data):
    return hashlib.sha256(data).digest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def chained(texts, draw):
    """Yield type, data and leaf hash of each entry, which must follow the one before it."""
    prev = "0" * 64
    for n, text in enumerate(texts):
        entry, body = json.loads(text), text.encode()
        place = (entry["stream"], entry["n"], entry["prev"])
        need(place == (f"draw/{draw}", n, prev) and canonical(entry) == body, f"第 {n} 条不成链")
        prev = sha(b"\0" + body).hex()
        yield entry["type"].partition(".")[2], entry["data"], prev


def rerun(receipt):
    """Return the candidates seated in each slot; ValueError where the receipt does not hold."""
    manifest = receipt["manifest"]
    slots = {slot["slot"]: slot for slot in manifest["slots"]}
    group = {one["candidate"]: one["group"] for s in slots.values() for one in s["candidates"]}
    chosen, answers, excluded = {}, {}, set()  # candidate → slot, candidate → latest answer
    head = opened = over = None
    number = 0

    def seated(name):
        out = ("declined", "no_answer", "struck")
        return sorted(c for c, slot in chosen.items() if slot == name and answers.get(c) not in out)

    def needs():
        left = {name: slot["count"] - len(seated(name)) for name, slot in slots.items()}
        return {name: count for name, count in left.items() if count > 0}

    for kind, data, leaf in chained(receipt["entries"], manifest["draw"]):
        need(not over and (opened is None or kind == "round_run"), f"此处不应有 {kind}")
        if kind == "committed":
            need(head is None and data["manifest"] == sha(canonical(manifest)).hex(), "清单不符")
            head = data
        elif kind == "round_opened":
            number, opened = number + 1, leaf
            need((data["round"], data["needs"]) == (number, needs()), f"第 {number} 轮的缺额不符")
            excluded |= {row["candidate"] for row in data["excluded"]}
        elif kind == "round_run":
            code = link = bytes.fromhex(data["code"])
            for _ in range(number):
                link = sha(link)
            need(opened and link.hex() == head["code"], f"第 {number} 轮的随机码不成链")
            need(bool(data["mark"]) == bool(head["mark_key"]), f"第 {number} 轮的标记不符")
            seed = mac(code, f"draw-seed/v1\n{opened}\n{data['mark']}\n")
            groups = {group[c] for name in slots for c in seated(name)}
            picked, left = [], needs()
            for name in (name for name in slots if name in left):
                names = [one["candidate"] for one in slots[name]["candidates"]]
                for ticket, c in sorted((mac(seed, f"{name}\n{c}").hex(), c) for c in names):
                    taken = c in chosen or c in excluded
                    taken = taken or (manifest["one_per_group"] and group[c] in groups)
                    if left[name] and not taken:
                        picked.append({"slot": name, "candidate": c, "ticket": ticket})
                        chosen[c], left[name] = name, left[name] - 1
                        groups.add(group[c])
            short = {name: count for name, count in left.items() if count}
            need((data["selected"], data["short"]) == (picked, short), f"第 {number} 轮结果不符")
            opened = None
        elif kind == "answered":
            need(data["candidate"] in chosen, "应答人未被抽中")
            answers[data["candidate"]] = data["answer"]
        elif kind in ("closed", "abandoned", "cancelled"):
            over = kind
            final = {name: seated(name) for name in slots}
            need(kind != "closed" or data["seated"] == final, "关闭时的名单不符")
    need(head and opened is None, "抽取没有承诺,或者有一轮已开启而未执行")
    return {name: seated(name) for name in slots}


if __name__ == "__main__":
    failed = 0
    for path in sys.argv[1:]:
        try:
            with open(path, encoding="utf-8") as file:
                print(f"相符 {path} {json.dumps(rerun(json.load(file)), ensure_ascii=False)}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            failed = 1
            print(f"不符 {path}:{error}")
    sys.exit(failed)
