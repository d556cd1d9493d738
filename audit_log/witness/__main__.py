"""`python -m audit_log.witness`: the commission's tool on the command line."""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from audit_log.domain.note import NoteError, encode64, parse_vkey
from audit_log.witness import reports, state
from audit_log.witness.files import answer_waiting
from audit_log.witness.server import make_server

_WORDS = {
    "way": "方式",
    "who": "何人",
    "happened_on": "日期",
    "project": "项目或者标段",
    "text": "经过",
}
_ALARMS = {
    "behind": "日志出示的记录少于已联署的记录(可能被回退)",
    "inconsistent": "日志与已联署的记录不一致(可能被改写)",
    "second-leaf": "同一抽取轮次出示了第二份记录",
    "not-remembered": "出示了本机没有记载的联署(本机状态可能被回退)",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status (0 done, 1 refused with a message)."""
    options = _parser().parse_args(arguments)
    try:
        options.act(options)
    except KeyboardInterrupt:
        return 0
    except FileExistsError as error:
        return _refuse("exists", f"文件已存在,不会覆盖:{error.filename}")
    except FileNotFoundError as error:
        return _refuse("missing", f"找不到文件或文件夹:{error.filename}")
    except state.NotInitialised:
        return _refuse("not-initialised", "该文件夹尚未初始化,请先执行 init")
    except reports.NotReports:
        return _refuse("bad-file", "该文件不是导出的干预插手记录")
    except NoteError as error:
        return _refuse("bad-key", f"名称或公钥不合格:{error}")
    return 0


def _init(options: argparse.Namespace) -> None:
    public = state.create(options.home, options.name, options.draw_name)
    print("已生成三把密钥,私钥只保存在本机文件夹内,请勿复制给任何单位。")
    _print_public(public)


def _trust(options: argparse.Namespace) -> None:
    vkey = parse_vkey(options.log)
    with state.open_store(options.home) as store:
        store.trust(vkey)
    print(f"已信任日志:{vkey.name}")


def _run(options: argparse.Namespace) -> None:
    for folder in (options.inbox, options.outbox):
        folder.mkdir(parents=True, exist_ok=True)
    with state.open_witness(options.home) as witness:
        while True:
            now = int(time.time())
            for name, status in answer_waiting(witness, options.inbox, options.outbox, now):
                print(name, status, flush=True)
            if options.once:
                return
            time.sleep(options.poll)


def _serve(options: argparse.Namespace) -> None:
    host, _, port = options.http.rpartition(":")
    state.public_keys(options.home)
    with make_server(options.home, host, int(port)) as server:
        print(f"http://{host}:{server.server_address[1]}", flush=True)
        server.serve_forever()


def _show(options: argparse.Namespace) -> None:
    _print_public(state.public_keys(options.home))
    with state.open_store(options.home) as store:
        for origin in store.origins():
            seen = store.latest(origin)
            if seen is None:
                print(f"日志 {origin}:尚未联署")
            else:
                root = encode64(seen.root)
                print(f"日志 {origin}:已联署 {seen.size} 条,根 {root},{_moment(seen.time)}")
        for stream, round, leaf in store.marks():
            print(f"抽取标记 {stream} 第 {round} 轮:{leaf}")
        for alarm in store.alarms():
            print(f"警告 {alarm.reason} {_moment(alarm.time)} {alarm.origin}:", end="")
            print(f"{_ALARMS[alarm.reason]},证据如下\n{alarm.note}")


def _read(options: argparse.Namespace) -> None:
    for one in reports.read(state.report_key(options.home), options.reports):
        print(f"记录 {one.number or '?'}\n  留下时间:{one.at or '?'}\n  本条哈希:{one.leaf}")
        if one.content is None:
            print(f"  不能打开:{one.wrong}")
            continue
        print(f"  留下的人:{_plain(one.author)}")
        for name, value in one.content.items():
            print(f"  {_plain(_WORDS.get(name, name))}:{_plain(value) or '未填'}")


def _plain(text: object) -> str:
    """What others wrote, without signs that command a terminal, its lines set in."""
    shown = "".join(one if one.isprintable() or one == "\n" else "?" for one in str(text))
    return shown.replace("\n", "\n    ")


def _print_public(public: dict[str, str]) -> None:
    print(f"联署公钥({public['name']}):{public['vkey']}")
    print(f"抽取标记公钥({public['draw_name']}):{public['draw_key']}")
    print(f"记录接收公钥:{public['report_key']}")


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _refuse(code: str, message: str) -> int:
    print(f"{message} [{code}]", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audit_log.witness", description="纪委见证工具")
    parser.add_argument("--home", type=Path, required=True, help="保存密钥和状态的文件夹")
    commands = parser.add_subparsers(required=True)

    init = commands.add_parser("init", help="生成联署、抽取标记和接收记录的密钥")
    init.add_argument("--name", required=True, help="联署密钥名称,不含空格和加号")
    init.add_argument("--draw-name", required=True, help="抽取标记密钥名称")
    init.set_defaults(act=_init)

    trust = commands.add_parser("trust", help="信任一个日志,此后为其联署")
    trust.add_argument("--log", required=True, help="日志公钥(vkey)")
    trust.set_defaults(act=_trust)

    run = commands.add_parser("run", help="处理文件夹内的请求")
    run.add_argument("--inbox", type=Path, required=True, help="请求文件夹")
    run.add_argument("--outbox", type=Path, required=True, help="答复文件夹")
    run.add_argument("--once", action="store_true", help="处理现有请求后退出")
    run.add_argument("--poll", type=float, default=0.05, help="查看间隔(秒)")
    run.set_defaults(act=_run)

    serve = commands.add_parser("serve", help="通过 HTTP 处理请求")
    serve.add_argument("--http", required=True, help="地址和端口,如 127.0.0.1:8400")
    serve.set_defaults(act=_serve)

    read = commands.add_parser("read", help="打开导出的干预插手记录")
    read.add_argument("--reports", type=Path, required=True, help="从网站导出的 reports.json")
    read.set_defaults(act=_read)

    commands.add_parser("show", help="显示公钥、已联署的记录和警告").set_defaults(act=_show)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
