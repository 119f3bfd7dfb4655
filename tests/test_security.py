"""SECURITY.md promises what a test proves, and each proof is promised."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in re.findall(r"^\| .*\|$", TEXT, re.MULTILINE)][1:]


@cache
def named_in(path: str) -> set[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    named = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {name for name in named if name.startswith("test_")}


def test_there_are_promises() -> None:
    assert len(ROWS) >= 20
    assert all(len(row) == 2 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip()[:40])
def test_each_promise_names_tests_that_exist(row: list[str]) -> None:
    proofs = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row[1])
    assert proofs, "a promise without proof"
    for path, name in proofs:
        assert name in named_in(path), f"{path} has no {name}"


def test_each_proof_is_promised() -> None:
    files = sorted((ROOT / "tests/security").glob("test_*.py"))
    written = {f"tests/security/{path.name}::{name}" for path in files for name in
               named_in(f"tests/security/{path.name}")}  # fmt: skip
    assert written
    assert {proof for proof in written if f"`{proof}`" not in TEXT} == set()
