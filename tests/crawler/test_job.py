"""The job: what a broken outlet costs, how a run ends, and that two never overlap."""

from __future__ import annotations

import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler import crew, job
from crawler.job import LockedError, exit_code, lock, run_log
from crawler.report import Outcome
from database.runs import Counts

ROOT = Path(__file__).resolve().parents[2]


def outcome(status: str, *, reached: bool = True) -> Outcome:
    return Outcome("x", status, Counts(), reached=reached)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        ([outcome("ok"), outcome("quiet"), outcome("degraded")], 0),
        ([outcome("ok"), outcome("failed")], 1),
        ([outcome("ok"), outcome("failed", reached=False)], 1),
        ([outcome("failed", reached=False)] * 2, 4),
    ],
)
def test_exit_codes(outcomes: list[Outcome], code: int) -> None:
    assert exit_code(outcomes) == code


def squeezed(shown: str) -> str:
    """Text out of a table, whose cells may be folded."""
    return re.sub(r"[\s│]", "", shown)


BROKEN = {
    "imports": "import no_such_module_anywhere\n",
    "syntax": "def broken(:\n    pass\n",
    "empty": "# no class here\n",
}
START = "    async def start(self):\n        raise ZeroDivisionError('at once')\n        yield\n"
CALLBACK = "    def clean(self, article):\n        raise KeyError('no byline')\n"
ITEM = "    def clean(self, article):\n        return {'no': 'article'}\n"
KILLER = "    def clean(self, article):\n        import os\n        os._exit(3)\n"
CHATTY = (
    "    def clean(self, article):\n"
    "        import sys\n"
    "        print('x' * 3_000_000)\n"
    "        print('y' * 3_000_000, file=sys.stderr)\n"
    "        return article\n"
)


def test_a_broken_outlet_costs_that_outlet(run, press, web) -> None:
    hosts = {
        name: web.host()
        for name in ("start", "callback", "item", "killer", "chatty", "alpha", "omega")
    }
    for name, host in hosts.items():
        host.put_news(2)
        more = {
            "start": START,
            "callback": CALLBACK,
            "item": ITEM,
            "killer": KILLER,
            "chatty": CHATTY,
        }
        press.add(name, host.url("/feed"), more.get(name, ""))
    for name, text in BROKEN.items():
        press.write(name, text)

    result = run("--workers", "2", SPIDER_MODULES=press.package)

    assert result.code == 1
    outcomes = run.outcomes()
    reasons = {
        "imports": "No module named 'no_such_module_anywhere'",
        "syntax": "SyntaxError",
        "empty": "holds no OutletSpider with name = 'empty'",
        "start": "ZeroDivisionError",
        "callback": "KeyError",
        "item": "TypeError",
        "killer": "its worker died (exit code 3)",
    }
    table = squeezed(result.out)
    for name, reason in reasons.items():
        status, note = outcomes.pop(name)
        assert status == "failed", name
        assert reason in note, name
        assert squeezed(reason) in table, name
    # An outlet whose worker died beside it is crawled again, and may have been stored by then.
    assert outcomes.keys() == {"alpha", "chatty", "omega"}
    assert set(outcomes.values()) <= {("ok", ""), ("quiet", "")}
    assert run.query("select outlet, count(*) from articles group by 1 order by 1") == [
        ("alpha", 2),
        ("chatty", 2),
        ("omega", 2),
    ]
    # Known = stored: what the broken callbacks lost is still to be fetched.
    assert run.query(
        "select status = 'stored', count(*) from pages"
        " where status in ('queued', 'failed', 'stored') group by 1 order by 1"
    ) == [(0, 6), (1, 6)]
    assert run.query("select status, exit_code from runs") == [("failed", 1)]
    assert "ZeroDivisionError: at once" in result.log
    assert "left out" in result.log


PRINTED = [
    "'.'",
    "'[' * 200_000",
    '\'{"event": "progress", "page": 1}\\n\'',
    '\'{"event": "closed"}\\n[1]\\n\'',
]


@pytest.mark.parametrize("write", ["print({}, end='')", "os.write(1, ({}).encode())"])
def test_what_an_outlet_prints_is_no_event(run, press, host, write) -> None:
    host.put_news(1)
    hook = "    def clean(self, article):\n        import os\n"
    hook += "".join(f"        {write.format(text)}\n" for text in PRINTED)
    press.add("alpha", host.url("/feed"), hook + "        return article\n")
    result = run("alpha", SPIDER_MODULES=press.package)
    assert (result.code, run.outcomes()) == (0, {"alpha": ("ok", "")})
    assert result.log.count('{"event": "closed"}') == 1


@pytest.mark.parametrize(
    "line",
    ["[" * 200_000, "[1]", '{"event": "progress"}', '{"event": "closed", "x": 1}', "{}", "."],
)
def test_a_line_that_is_no_event_goes_to_the_log(line, caplog) -> None:
    told = crew.Crew(crew.Job([], ""), 1, None, logging.getLogger("x"), crew.Watcher(), "", lock=0)  # type: ignore[arg-type]
    with caplog.at_level(logging.INFO, "x"):
        told.hear(None, line)  # type: ignore[arg-type]
    assert caplog.messages == [line]


def wait_until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_stopped_run_ends_within_seconds_and_keeps_what_it_read(run, press, host) -> None:
    """Although pages hang and many are waiting for their turn."""
    host.put_news(12)
    for path in list(host.pages)[5:]:
        host.put_article(path, 1, seconds=60)
    press.add("alpha", host.url("/feed"))
    run.settings |= {
        "SPIDER_MODULES": press.package,
        "DOWNLOAD_TIMEOUT": "60",
        "CONCURRENT_REQUESTS_PER_DOMAIN": "16",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "run", "alpha", "--workers", "1", *run.options()],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: (run.folder / "news.db").exists() and len(host.asked) >= 10)
        wait_until(lambda: run.query("select count(*) from articles") == [(4,)])
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        shown, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert time.monotonic() - started < crew.STOP_SECONDS + 3
    assert process.returncode == 1
    assert "alpha" in shown
    assert squeezed("stopped before it ended") in squeezed(shown)
    assert run.query("select status, exit_code from runs") == [("stopped", 1)]
    assert run.query("select status, stored from outlet_runs") == [("degraded", 4)]
    assert run.query("select count(*) from article_text where body != ''") == [(4,)]
    assert run.query("select count(*) from pages where status = 'queued'") == [(8,)]


def test_a_stopped_run_in_good_order_says_so(run, press, host) -> None:
    """What is under way ends by itself; the rest is left for the next run."""
    host.put_news(24, seconds=0.1)
    press.add("alpha", host.url("/feed"))
    run.settings |= {"SPIDER_MODULES": press.package, "CONCURRENT_REQUESTS": "2"}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "run", "alpha", *run.options()], stdout=subprocess.PIPE
    )
    wait_until(lambda: len(host.asked) >= 6)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 1
    assert run.outcomes()["alpha"] == ("degraded", "stopped")
    stored = run.query("select count(*) from articles")[0][0]
    assert 0 < stored < 24
    assert run.query("select status from runs") == [("stopped",)]
    assert run.query("select stored from outlet_runs") == [(stored,)]
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select count(*) from articles") == [(24,)]
    assert len([path for path in host.paths() if path.startswith("/news/")]) == 24


@pytest.mark.parametrize("whom", ["all", "twice"])
def test_a_second_signal_loses_nothing(run, press, host, whom) -> None:
    """A service manager signals all processes at once; a hurried operator signals twice."""
    host.put_news(24, seconds=0.8)
    press.add("alpha", host.url("/feed"))
    run.settings |= {"SPIDER_MODULES": press.package, "CONCURRENT_REQUESTS": "8"}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "run", "alpha", *run.options()], stdout=subprocess.PIPE
    )
    wait_until(lambda: host.flying >= 8)
    told = [process.pid, *children(process.pid)] if whom == "all" else [process.pid]
    for number in told:
        os.kill(number, signal.SIGTERM)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert run.outcomes()["alpha"] == ("degraded", "stopped")
    asked = len([path for path in host.paths() if path.startswith("/news/")])
    assert run.query("select count(*) from articles") == [(asked,)]


def children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(number) for number in found.split()]


def test_a_killed_run_is_marked_by_the_next_and_no_news_is_healthy(run, press, host) -> None:
    host.put_news(1)
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    db = sqlite3.connect(run.folder / "news.db")
    with db:
        db.execute("update runs set status = 'running', exit_code = null")
    db.close()
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select status from runs order by id") == [("killed",), ("ok",)]
    assert run.query("select status from outlet_runs order by run") == [("ok",), ("quiet",)]


@pytest.mark.parametrize(
    "stuck",
    ["while True: pass", "__import__('re').match('(a*)*b', 'a' * 64)"],
    ids=["python", "regular-expression"],
)
def test_workers_of_a_killed_run_hold_the_lock_and_end(run, press, host, stuck, tmp_path) -> None:
    host.put_news(1)
    press.add("alpha", host.url("/feed"), f"    def clean(self, article):\n        {stuck}\n")
    run.settings |= {"SPIDER_MODULES": press.package}
    options = [*run.options(), "-s", "WORKER_PATIENCE=2"]
    process = subprocess.Popen([sys.executable, "-m", "scrapy", "run", *options])
    wait_until(lambda: "/news/1001" in host.paths())
    time.sleep(0.5)
    process.kill()
    process.wait()
    left = Path((tmp_path / "news.db.lock").read_text().partition("\n")[2])
    assert left.is_dir()
    press.add("alpha", host.url("/feed"))
    assert run("alpha").code == 0, "it waits for the workers that were left"
    assert not left.exists()
    assert run.query("select count(*) from articles") == [(1,)]


def test_two_runs_never_overlap(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with lock(path), pytest.raises(LockedError, match="another run holds"), lock(path):
        pass
    with lock(path):
        pass


def test_another_name_of_a_database_has_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "other.db").symlink_to(tmp_path / "real" / "news.db")
    with (
        lock(tmp_path / "real" / "news.db"),
        pytest.raises(LockedError),
        lock(tmp_path / "other.db"),
    ):
        pass


def test_an_outlet_that_cannot_be_judged_failed(run, press, host) -> None:
    host.put_news(1)
    hook = "    def clean(self, article):\n        self.peace_until = 'soon'\n"
    press.add("alpha", host.url("/feed"), hook + "        return article\n")
    result = run("alpha", SPIDER_MODULES=press.package)
    assert result.code == 1
    assert "AttributeError" in squeezed(result.out)
    assert "a worker died" not in result.log


def test_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    script = (
        "import sys, time; from pathlib import Path; from crawler.job import lock\n"
        "with lock(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(LockedError), lock(path):
        pass
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    with lock(path):
        pass


def test_the_log_rotates(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(job, "LOG_BYTES", 1000)
    path = tmp_path / "logs" / "run.log"
    log = run_log(path)
    try:
        for _ in range(200):
            log.info("خبر " * 10)
    finally:
        run_log(tmp_path / "other.log")
    kept = sorted(each.name for each in path.parent.iterdir())
    assert kept == ["run.log", *(f"run.log.{n}" for n in range(1, job.LOG_FILES + 1))]
    assert max(each.stat().st_size for each in path.parent.iterdir()) <= 1000
    for handler in logging.getLogger("rasid.run").handlers:
        handler.close()


def test_a_listing_that_was_not_read_to_its_end_is_read_on(run, press, host) -> None:
    """Its first page shows nothing new by then: only the ledger knows of the second one."""
    host.put_news(4)
    listing = [
        "".join(f'<a href="/news/{number}">وصول القافلة إلى المدينة</a>' for number in numbers)
        for numbers in ((1001, 1002), (1003, 1004))
    ]
    host.put("/list?page=1", listing[0])
    host.put("/list?page=2", listing[1], status=503)
    press.add("alpha", host.url("/list?page={page}"), pages=2)

    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select status from sources") == [("HTTP 503",)]
    assert run.query("select count(*) from articles") == [(2,)]

    host.put("/list?page=2", listing[1])
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select status, failures from sources") == [("ok", 0)]
    assert run.query("select count(*) from articles") == [(4,)]

    asked = len(host.asked)
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert host.paths(asked) == ["/robots.txt", "/list?page=1"], "no news: no further page"


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        (
            "    def clean(self, article):\n        while True:\n            pass\n",
            "hung for 6 sec",
        ),
        (
            "    def links(self, response, source):\n"
            "        self.kept = b'x' * 500_000_000\n"
            "        return super().links(response, source)\n",
            "took more than 300 MB",
        ),
    ],
    ids=["hangs", "leaks"],
)
def test_what_hangs_or_leaks_costs_itself(run, press, web, hook, reason) -> None:
    bad, good = web.host(), web.host()
    bad.put_news(2)
    bad.put_article("/news/1002", 1, seconds=5)
    good.put_news(3)
    press.add("bad", bad.url("/feed"), hook)
    press.add("good", good.url("/feed"))
    settings = {"WORKER_PATIENCE": "6", "WORKER_MEMORY": "300", "DOWNLOAD_TIMEOUT": "9"}
    result = run("--workers", "1", SPIDER_MODULES=press.package, **settings)
    assert result.code == 1
    assert reason in run.outcomes()["bad"][1]
    assert run.outcomes()["good"][0] in ("ok", "quiet")
    assert run.query("select count(*) from articles where outlet = 'good'") == [(3,)]


@pytest.mark.parametrize(
    ("hook", "status", "note"),
    [
        ("subprocess.Popen(['sleep', '300'])", "ok", ""),
        ("subprocess.Popen(['sleep', '15'], start_new_session=True)", "ok", ""),
        ("os.close(1), time.sleep(300)", "failed", "hung for 6 seconds"),
    ],
    ids=["child", "daemon", "deaf"],
)
def test_a_run_ends_though_pipes_stay_open_or_are_shut(
    run, press, host, hook, status, note
) -> None:
    host.put_news(1)
    lines = ["import os, subprocess, time", hook, "return article"]
    body = "".join(f"        {line}\n" for line in lines)
    press.add("alpha", host.url("/feed"), "    def clean(self, article):\n" + body)
    started = time.monotonic()
    run("--workers", "1", SPIDER_MODULES=press.package, WORKER_PATIENCE="6", WORKER_MEMORY="9999")
    assert time.monotonic() - started < 40
    assert run.outcomes()["alpha"][0] == status
    assert note in run.outcomes()["alpha"][1]


def test_the_page_that_a_worker_dies_of_waits_and_the_others_are_read(run, press, host) -> None:
    host.put_news(4)
    deadly = "    def clean(self, article):\n        import os\n"
    deadly += "        if article.url.endswith('1002'):\n            os._exit(3)\n"
    press.add("alpha", host.url("/feed"), deadly + "        return article\n")
    assert run("alpha", SPIDER_MODULES=press.package).code == 1
    for _ in range(2):
        run("alpha", SPIDER_MODULES=press.package)
    assert run.query("select count(*) from articles") == [(3,)]
    assert run.query("select status, reason from pages where status <> 'stored'") == [
        ("failed", crew.DIED_READING)
    ]
    assert run.query("select next_try_at > tried_at from pages where status = 'failed'") == [(1,)]


@pytest.mark.parametrize(
    ("method", "workers"), [("clean(self, article)", 3), ("links(self, response, source)", 5)]
)
def test_the_outlet_whose_page_kills_goes_on_alone(run, press, web, method, workers) -> None:
    """Four outlets in a worker; without a page, nobody knows whose fault its death is."""
    for name in ("alpha", "killer", "omega", "zeta"):
        host = web.host()
        host.put_news(1)
        # The others wait, so that none of them ends before the worker dies.
        host.put_article("/news/1001", host.port, seconds=0 if name == "killer" else 0.8)
        hook = f"    def {method}:\n        import os, time\n        time.sleep(0.3)\n"
        press.add(
            name, host.url("/feed"), f"{hook}        os._exit(0)\n" if name == "killer" else ""
        )
    result = run("--workers", "1", SPIDER_MODULES=press.package)
    outcomes = run.outcomes()
    assert "its worker died (exit code 0)" in outcomes.pop("killer")[1]
    assert [status for status, _ in outcomes.values()] == ["ok"] * 3
    assert result.log.count("Scrapy 2.") == workers
    assert "a worker died (exit code 0): alpha, killer, omega, zeta" in result.log


def test_a_worker_that_comes_to_no_end_is_ended(run, press, host) -> None:
    host.put_news(2)
    host.put_article("/news/1002", 7, seconds=60)
    press.add("alpha", host.url("/feed"))
    slow = {"DOWNLOAD_TIMEOUT": "60", "CLOSESPIDER_TIMEOUT": "1", "WORKER_PATIENCE": "6"}
    started = time.monotonic()
    assert run("alpha", SPIDER_MODULES=press.package, **slow).code == 1
    assert time.monotonic() - started < 30
    assert "not at its end after 7 seconds" in run.outcomes()["alpha"][1]
    assert run.query("select count(*) from articles") == [(1,)]
