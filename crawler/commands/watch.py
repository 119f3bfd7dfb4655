"""``scrapy watch``: check a watchlist, and try it on a text."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import watchlist
from arabic.clitics import Profile
from crawler.catalogue import outlet_names
from crawler.command import FAILED, OK, CommandError, RasidCommand, as_json
from crawler.commands.match import standard_input
from watchlist import Hit, Watch, Watchlist
from watchlist.explain import Account, Refusal, explain
from watchlist.idle import warnings
from watchlist.matcher import section_terms, terms
from watchlist.written import examples, written

_FIELDS = ("title", "subtitle", "body", "section", "outlet", "language")
_ONLY = {"check": ("forms", "strict"), "test": ("watchlist", *_FIELDS)}
_AROUND = 30  # code points of the text, shown on either side of a hit


class Command(RasidCommand):
    def syntax(self) -> str:
        return "check [FILE] [options] | test TEXT [options]"

    def short_desc(self) -> str:
        return "Check the watchlist, or say what of it a text matches, and why not more"

    def long_desc(self) -> str:
        return (
            "check: every watch with the forms that its terms take, then what is idle. "
            "test: the hits in TEXT (- reads standard input), and what was refused, with the "
            "reason (with --watch, inside longer words too); exit code 0 if a watch matches, 1 if "
            "none does."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--watch", metavar="NAME", action="append", help="only this watch")
        parser.add_argument("--json", action="store_true", help="for machines")
        check = parser.add_argument_group("check")
        check.add_argument("--forms", action="store_true", help="list all forms of each term")
        check.add_argument(
            "--strict", action="store_true", help="exit code 1 if there are warnings"
        )
        test = parser.add_argument_group("test")
        test.add_argument("--watchlist", metavar="F", help="(default: watchlist.toml)")
        for field in _FIELDS:
            test.add_argument(f"--{field}", metavar="TEXT", help=f"the article's {field}")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        match args:
            case ["check"] | ["check", _]:
                _refuse_options_of("test", opts)
                return self._check(args[1] if args[1:] else None, opts)
            case ["test"] | ["test", _]:
                _refuse_options_of("check", opts)
                return self._test(args[1] if args[1:] else None, opts)
            case ["check" | "test" as word, *_]:
                raise CommandError(f"{word} takes one argument: put a text in quotes")
            case _:
                raise CommandError("write `scrapy watch check` or `scrapy watch test TEXT`")

    def _check(self, file: str | None, opts: argparse.Namespace) -> int:
        path = file or self._default
        watches = _chosen(watchlist.load(path), opts.watch)
        outlets = outlet_names(self.spider_modules())
        idle = [line for watch in watches for line in warnings(watch, outlets)]
        if opts.json:
            shown = [_described(watch, all_forms=opts.forms) for watch in watches]
            print(as_json({"file": str(path), "watches": shown, "warnings": idle}))
        else:
            for watch in watches:
                print("\n".join(_described_lines(watch, all_forms=opts.forms)), end="\n\n")
            for line in idle:
                print(f"{path}: {line}", file=sys.stderr)
            print(f"{path}: {_count(len(watches), 'watch')}, {_count(len(idle), 'warning')}")
        return FAILED if idle and opts.strict else OK

    def _test(self, text: str | None, opts: argparse.Namespace) -> int:
        texts = {field: _readable(getattr(opts, field) or "") for field in _FIELDS}
        if text is not None and opts.body is not None:
            raise CommandError("give the body as TEXT or with --body, not both")
        if text is not None:
            texts["body"] = standard_input().read() if text == "-" else _readable(text)
        if not any(texts[field] for field in ("title", "subtitle", "body")):
            raise CommandError(
                'give a text, as `scrapy watch test "قصف البوكمال"`, or - and a file'
            )
        watches = _chosen(watchlist.load(opts.watchlist or self._default), opts.watch)
        accounts = explain(Watchlist(watches), texts, inside_words=bool(opts.watch))
        if opts.json:
            print(as_json([_told(account, texts) for account in accounts]))
        else:
            for account in accounts:
                print("\n".join(_told_lines(account, texts)), end="\n\n")
            print(_sum(accounts))
        return OK if any(account.hits for account in accounts) else FAILED

    @property
    def _default(self) -> str:
        assert self.settings is not None
        return str(self.settings["WATCHLIST"])


def _readable(argument: str) -> str:
    """Return an argument with U+FFFD for each byte that is not UTF-8."""
    return os.fsencode(argument).decode(errors="replace")


def _refuse_options_of(other: str, opts: argparse.Namespace) -> None:
    for name in _ONLY[other]:
        if getattr(opts, name) not in (None, False):
            raise CommandError(f"--{name} is an option of `scrapy watch {other}`")


def _chosen(found: Watchlist, names: Sequence[str] | None) -> tuple[Watch, ...]:
    known = [watch.name for watch in found.watches]
    for name in names or ():
        if name not in known:
            close = get_close_matches(name, known, n=1)
            cure = f"did you mean {close[0]}?" if close else "`scrapy watch check` lists them"
            raise CommandError(f"no watch «{name}»; {cure}")
    return tuple(watch for watch in found.watches if not names or watch.name in names)


# check


_KEYS = {"spelling": "spellings", "weak": "weak", "exception": "except", "section": "section"}


def _terms(watch: Watch) -> Iterator[tuple[str, str, Profile]]:
    """Yield the key under which a term stands, the term, and its profile."""
    for term, role, profile in (*terms(watch), *section_terms(watch)):
        yield _KEYS.get(role, "rule" if watch.rule else "context"), term, profile


def _described(watch: Watch, *, all_forms: bool) -> dict[str, Any]:
    return {
        "name": watch.name,
        "category": watch.category,
        "priority": watch.priority,
        "note": watch.note,
        "profile": watch.profile,
        "fingerprint": watch.fingerprint,
        "terms": [
            {
                "key": key,
                "term": term,
                "profile": profile,
                "forms": len(forms := written(term, profile)),
                "written": forms if all_forms else examples(term, profile),
            }
            for key, term, profile in _terms(watch)
        ],
        "context": watch.context and watch.context.meaning,
        "rule": watch.rule and watch.rule.meaning,
    }


def _described_lines(watch: Watch, *, all_forms: bool) -> Iterator[str]:
    """Yield the watch; Arabic has lines of its own, so that no direction is mixed."""
    yield watch.name
    category = f"{watch.category}, " if watch.category else ""
    yield f"  {category}priority {watch.priority}, profile {watch.profile}"
    for key, rule in (("rule", watch.rule), ("context", watch.context)):
        if rule:
            yield f"  {key}, in canonical form"
            yield f"    {rule.meaning}"
    last = ""
    for key, term, profile in _terms(watch):
        if key != last:
            yield f"  {key}" if profile == watch.profile else f"  {key}, as a {profile}"
            last = key
        forms = written(term, profile)
        yield f"    {term}"
        if all_forms:
            yield f"      {_count(len(forms), 'form')}"
            yield from (f"        {form}" for form in forms)
        else:
            yield f"      {_count(len(forms), 'form')}, as"
            yield f"        {'، '.join(examples(term, profile))}"


# test


def _told(account: Account, texts: dict[str, str]) -> dict[str, Any]:
    return {
        "watch": account.watch,
        "hits": [_place(hit, texts) for hit in account.hits],
        "refused": [
            {
                **_place(refusal.hit, texts),
                "reason": refusal.reason,
                "why": refusal.why,
                "details": list(refusal.details),
            }
            for refusal in account.refusals
        ],
    }


def _place(hit: Hit, texts: dict[str, str]) -> dict[str, Any]:
    text = texts[hit.field][hit.start : hit.end]
    return {
        "term": hit.term,
        "field": hit.field,
        "start": hit.start,
        "end": hit.end,
        "text": text,
    }


def _told_lines(account: Account, texts: dict[str, str]) -> Iterator[str]:
    yield account.watch
    for hit in account.hits:
        yield f"  found in {hit.field}, {hit.start} to {hit.end}, by the term"
        yield f"    {hit.term}"
        yield f"  {_excerpt(hit, texts)}"
    for refusal, places in _grouped(account.refusals):
        for hit in places:
            yield f"  refused in {hit.field}, {hit.start} to {hit.end}, for the term"
            yield f"    {hit.term}"
            yield f"  {_excerpt(hit, texts)}"
        yield f"  because: {refusal.why}"
        yield from (f"    {detail}" for detail in refusal.details)


def _grouped(refusals: Sequence[Refusal]) -> Iterator[tuple[Refusal, list[Hit]]]:
    """Yield the refusals of one reason together."""
    groups: dict[tuple[object, ...], list[Refusal]] = {}
    for refusal in refusals:
        groups.setdefault((refusal.reason, refusal.why, refusal.details), []).append(refusal)
    for group in groups.values():
        yield group[0], [refusal.hit for refusal in group]


def _excerpt(hit: Hit, texts: dict[str, str]) -> str:
    """The words with a little of the text around them, in one line."""
    text = texts[hit.field]
    before = text[max(0, hit.start - _AROUND - 1) : hit.start]
    after = text[hit.end : hit.end + _AROUND + 1]
    if len(before) > _AROUND:
        before = "…" + before[-_AROUND:].partition(" ")[2]
    if len(after) > _AROUND:
        after = after[:_AROUND].rpartition(" ")[0] + "…"
    line = f"{before}⟦{text[hit.start : hit.end]}⟧{after}"
    return "  " + " ".join(line.split())


def _sum(accounts: Collection[Account]) -> str:
    hits = sum(len(account.hits) for account in accounts)
    refused = sum(len(account.refusals) for account in accounts)
    matching = sum(1 for account in accounts if account.hits)
    return (
        f"{_count(matching, 'watch')} matched with {_count(hits, 'hit')};"
        f" {_count(refused, 'place')} refused"
    )


def _count(number: int, what: str) -> str:
    plural = "es" if what.endswith("ch") else "s"
    return f"{number:,} {what}{'' if number == 1 else plural}"
