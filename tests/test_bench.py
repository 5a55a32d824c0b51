"""The bench's plumbing: a part is run by its name, the table marks what misses, the figures are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import main, measure
from tests.bench.figure import Figure


def test_a_part_writes_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure(["slips"], tmp_path / "bench.json")
    written = {row["name"]: row for row in json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))}
    generic = written["slip_bytes_generic"]
    assert generic["threshold"] == 15_000
    assert generic["judged"] == "value"
    assert generic["holds"] is (generic["value"] <= 15_000)
    assert generic["ratio"] == pytest.approx(generic["value"] / generic["floor"])
    assert set(written) >= {"slip_cpu", "slip_bytes_generic"}
    assert "slip_cpu" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("a", 3.0, "s", 1.0, "a floor", threshold=3.5), True),
        (Figure("a", 4.0, "s", 1.0, "a floor", threshold=3.5), False),
        (Figure("a", 4.0, "s", 1.0, "a floor", threshold=5, judged="value"), True),
        (Figure("a", 4.0, "/s", 5.0, "a floor", threshold=0.9, at_least=True), False),
        (Figure("a", 4.0, "/s", threshold=3, judged="value", at_least=True), True),
        (Figure("a", 4.0, "ms"), None),
    ],
)
def test_a_figure_knows_whether_it_holds(figure: Figure, holds: bool | None) -> None:
    assert figure.holds is holds
    assert ("MISSES" in figure.line()) is (holds is False)


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(SystemExit, match="no part slip"):
        main(["slip"])
