"""The audit's findings as a table, as JSON, and as a page with the worst place marked on its screenshot."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

from kiosk.audit.rows import NOT_MEASURED, Result, Worst

MARK, MARK_EDGE = (194, 24, 91), (255, 255, 255)
HALF = 2
"""The report's pictures are half the glass."""
COLUMNS = ("Row", "What", "Threshold", "Worst", "Where", "Holds")
STYLE = """
body{font:17px/1.45 "Noto Sans",sans-serif;color:#1E2A32;background:#FFFCF5;max-width:1200px;
margin:24px auto;padding:0 24px}
h1{font-size:30px;margin-bottom:4px}h2{font-size:21px;margin:36px 0 4px}
table{border-collapse:collapse;width:100%}td,th{padding:7px 10px;text-align:left;vertical-align:top}
tr+tr{border-top:1px solid #BCC7CD}th{border-bottom:2px solid #1E2A32}
td.no,.broken{color:#A52A0A;font-weight:700}td.yes{color:#1B5E20;font-weight:700}td.number{white-space:nowrap}
figure{margin:12px 24px 12px 0;display:inline-block;vertical-align:top}figcaption{max-width:420px;margin-top:6px}
img{max-width:520px;max-height:640px;border:1px solid #BCC7CD}a{color:#0A4F94}
"""


def table(results: Sequence[Result]) -> str:
    """All rows for a terminal, then each place where one is broken, then what no program measures."""
    lines = [COLUMNS, *(_cells(result) for result in results)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    for result in results:
        text += [f"\n{result.row.number} {result.row.title}: broken {result.broken} times"] if result.broken else []
        text += [f"  {_value(result, one)} {one.reading.what} – {one.place}" for one in _broken(result)]
    text += ["", *(f"{number} {title}: not measured. {why}" for number, title, why in NOT_MEASURED)]
    return "\n".join(text)


def as_json(results: Sequence[Result]) -> str:
    """The same for machines: numbers as they were read."""
    rows = [
        {
            "row": result.row.number, "title": result.row.title, "threshold": result.row.threshold,
            "unit": result.row.unit, "holds": result.holds, "readings": result.readings, "broken": result.broken,
            "worst": [
                {
                    "value": round(worst.reading.value, 3), "holds": worst.reading.holds, "what": worst.reading.what,
                    "size": worst.place.size, "language": worst.place.language, "look": worst.place.look,
                    "scene": worst.place.scene, "frame_px": [round(side) for side in worst.reading.frame or ()],
                }
                for worst in (_broken(result) or result.worst[:1])
            ],
        }
        for result in results
    ]  # fmt: skip
    unmeasured = [{"row": number, "title": title, "why": why} for number, title, why in NOT_MEASURED]
    return json.dumps({"rows": rows, "not_measured": unmeasured}, ensure_ascii=False, indent=2)


def page(results: Sequence[Result]) -> str:
    """An HTML page that stands alone: the table, then each row's worst places on their screens."""
    heads = "".join(f"<th>{column}</th>" for column in COLUMNS)
    rows = "".join(_table_row(result) for result in results)
    unmeasured = "".join(f"<li>{number} {title}: {html.escape(why)}</li>" for number, title, why in NOT_MEASURED)
    broken = sum(not result.holds for result in results)
    verdict = (
        f'<p class="broken">{broken} of {len(results)} rows are broken.</p>' if broken else "<p>Every row holds.</p>"
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Audit</title><style>{STYLE}</style>'
        f"<h1>Audit of the screen</h1>{verdict}<table><tr>{heads}</tr>{rows}</table>"
        f"{''.join(_places(result) for result in results)}"
        f"<h2>Not measured here</h2><ul>{unmeasured}</ul></html>"
    )


def _broken(result: Result) -> list[Worst]:
    return [worst for worst in result.worst if not worst.reading.holds]


def _value(result: Result, worst: Worst) -> str:
    value = f"{worst.reading.value:.1f}".removesuffix(".0")
    unit = result.row.unit
    return f"{value}{unit}" if unit.startswith((":", "/")) else f"{value} {unit}".rstrip()


def _cells(result: Result) -> tuple[str, ...]:
    row = result.row
    if not result.worst:
        return (row.number, row.title, row.threshold, "nothing to read", "", "NO")
    worst = result.worst[0]
    where = f"{worst.reading.what[:60]} – {worst.place}"
    return (row.number, row.title, row.threshold, _value(result, worst), where, "yes" if result.holds else "NO")


def _table_row(result: Result) -> str:
    *cells, holds = (html.escape(cell) for cell in _cells(result))
    number = cells[0]
    anchor = f"row-{number.replace(' ', '-')}"
    cells[0] = f'<a href="#{anchor}">{number}</a>' if any(worst.picture for worst in result.worst) else number
    inner = f'<td class="number">{cells[0]}</td>' + "".join(f"<td>{cell}</td>" for cell in cells[1:])
    return f'<tr>{inner}<td class="{"yes" if result.holds else "no"}">{holds}</td></tr>'


def _places(result: Result) -> str:
    shown = [worst for worst in (_broken(result) or result.worst[:1]) if worst.picture][:4]
    if not shown:
        return ""
    row = result.row
    head = f'<h2 id="row-{row.number.replace(" ", "-")}">{row.number} {html.escape(row.title)}</h2>'
    return head + f"<p>{html.escape(row.threshold)}</p>" + "".join(_figures(result, shown))


def _figures(result: Result, shown: Sequence[Worst]) -> Iterator[str]:
    for worst in shown:
        data = base64.b64encode(marked(worst)).decode()
        told = html.escape(f"{_value(result, worst)} – {worst.reading.what} – {worst.place}")
        image = f'<img src="data:image/jpeg;base64,{data}" alt="{told}">'
        yield f"<figure>{image}<figcaption>{told}</figcaption></figure>"


def marked(worst: Worst) -> bytes:
    """The screenshot as JPEG, the place framed."""
    with Image.open(io.BytesIO(worst.picture)) as image:
        drawn = image.convert("RGB")
    if worst.reading.frame:
        left, top, right, bottom = (side / HALF for side in worst.reading.frame)
        pen = ImageDraw.Draw(drawn)
        for colour, out, wide in ((MARK_EDGE, 7, 9), (MARK, 5, 5)):
            box = (
                max(0, left - out),
                max(0, top - out),
                min(drawn.width - 1, right + out),
                min(drawn.height - 1, bottom + out),
            )
            pen.rectangle(box, outline=colour, width=wide)
    data = io.BytesIO()
    drawn.save(data, "JPEG", quality=80)
    return data.getvalue()
