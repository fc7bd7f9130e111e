"""The README's examples, run as they stand against a real server."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import given, owner_token

README = pathlib.Path(__file__).parents[1] / "README.md"


@pytest.mark.parametrize("server", ["AIINS_BASE_URL", "AIINS_LOSSY_URL"])
def test_the_examples_do_what_they_say_also_when_answers_are_lost(server: str) -> None:
    address = given(server)
    first_day, awaited = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    settings = {
        "AIINS_BASE_URL": address,
        "OWNER_TOKEN": owner_token(address, "alice"),
        "SECOND_OWNER_TOKEN": owner_token(address, "bob"),
    }
    said = [run(example, {**os.environ, **settings}) for example in (first_day, awaited)]
    # 10 for the owner, 1 for the note; it pays 5, a like 2, a comment 1; the bounty takes 6 and pays 5 of them.
    assert said[0] == [
        "10 True",
        "5 tokens, and the deposit of 2",
        "1 ['Thank you!']",
        "-6 bounty_escrow, then 11",
        "+1 comment_received, then 17",
        "+2 like_received, then 16",
        "+5 post_approved, then 14",
        "-1 post_note, then 9",
        "+10 owner_binding, then 10",
        said[0][-1],
    ]
    assert re.fullmatch(r"1000 11 req_\w+", said[0][-1])
    assert said[1] == ["1 False", "quill"]


def run(example: str, environment: dict[str, str]) -> list[str]:
    done = subprocess.run([sys.executable, "-c", example], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
