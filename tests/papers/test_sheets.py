"""What comes out of the printer: nothing missing, nothing bent, one page."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.papers.draft import Draft, Value, example
from kiosk.papers.forms import Form
from kiosk.papers.sheet import Printing, drawn, paper, pictures
from tests.papers.reading import (
    FORMS,
    IN_WORDS,
    TODAY,
    draft_of,
    lines_of,
    on_paper,
    pages,
    reads_pdf,
    squeezed,
    strays,
    words_of,
)

each = pytest.mark.parametrize("key", sorted(FORMS))

PRINTED = {
    "birth": {
        "request.copies": "Đề nghị cấp bản sao", "wedding.place": "tại", "wedding.date": "đăng ký ngày",
    },
    "marriage": {"request.copies": "Đề nghị cấp bản sao"},
    "death": {
        "request.copies": "Đề nghị cấp bản sao", "event.date": "ngày", "event.time": "Đã chết vào lúc",
        "notice.issuer": "do", "notice.date": "cấp ngày",
    },
    "single-status": {
        "requester.relation": "Quan hệ với người được cấp Giấy xác nhận tình trạng hôn nhân", "stay.from": "từ ngày",
        "stay.to": "đến ngày", "subject.proof": "Tình trạng hôn nhân", "partner.name": "với",
        "partner.birth": "sinh", "partner.nationality": "quốc tịch", "partner.address": "nơi cư trú",
        "partner.paper": "giấy tờ tùy thân", "request.place": "đăng ký tại",
    },
    "receipt": {
        "office.authority": "", "office.place": "", "office.officer": "Người tiếp nhận hồ sơ",
        "dossier.due": "Thời gian trả kết quả giải quyết hồ sơ",
    },
}  # fmt: skip
"""Fields whose label on the officer's page is not the circular's: what stands there instead."""
STRUCK = ("notice.kind",)
"""Told by striking out the other words (test_a_name_is_struck_out)."""


def deciding(form: Form) -> dict[str, str]:
    """The fields that others wait for, answered so that those count."""
    found: dict[str, str] = {}
    for one in form.file.field:
        if one.only:
            found.setdefault(one.only.field, one.only.says[0])
    return found


def told_apart(form: Form) -> dict[str, str]:
    """A value for every field, no two alike."""
    found = deciding(form)
    for number, one in enumerate(form.file.field):
        made = {
            "date": f"{1901 + number}-{number % 12 + 1:02}-{number % 28 + 1:02}", "year": str(1901 + number),
            "time": f"{number % 24:02}:{number + 10:02}"[:5], "number": str(min(one.most, number + 3)),
            "id": f"{number:012}",
        }.get(one.type, f"ô riêng số {number:03}")  # fmt: skip
        found.setdefault(one.key, made.upper() if one.type == "name" else made)
    return found


@reads_pdf
@each
def test_every_field_stands_on_the_paper(key: str) -> None:
    """Each with a value of its own: a field that another one's line repeats would be missed."""
    form = FORMS[key]
    values = told_apart(form)
    text = words_of(paper(draft_of(form, values), IN_WORDS, TODAY, Printing()))
    for one in form.file.field:
        if one.key not in STRUCK:
            assert any(way in text for way in on_paper(one, values[one.key])), (one.key, values[one.key])


@reads_pdf
@each
def test_every_example_and_label_can_be_read(key: str) -> None:
    form = FORMS[key]
    draft = example(form, {}, TODAY)
    text = words_of(paper(draft, IN_WORDS, TODAY, Printing()))
    for one in form.file.field:
        label = PRINTED[key].get(one.key, one.label)
        assert squeezed(label).lower() in text.lower(), one.key
        kept = draft.value(one.key).kept
        if one.key not in STRUCK and one.key != "subject.proof":
            assert kept, f"{one.key} has no example"
            assert any(way in text for way in on_paper(one, kept)), (one.key, kept)
    assert squeezed(form.file.title).upper() in text
    assert squeezed("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc") in text or key == "receipt"


@reads_pdf
@each
def test_a_blank_one_has_its_labels_and_nothing_else(key: str) -> None:
    form = FORMS[key]
    text = words_of(paper(Draft(form, {}), IN_WORDS, TODAY, Printing(blank=True)))
    assert squeezed("Việt Nam").upper() in text and ":ViệtNam" not in text, "no default is written"
    assert "2026" not in re.sub(r"20/11/2021|\d+/20\d\d", "", text)
    for one in form.file.field:
        if one.role != "partner" and one.key not in ("subject.proof", "request.place"):
            assert squeezed(PRINTED[key].get(one.key, one.label)).lower() in text.lower(), one.key


DOTTED = {"birth": 35, "marriage": 6, "death": 31, "single-status": 27, "receipt": 26}
"""Dotted lines of a blank sheet, counted by hand; a table's cells have none."""


@each
def test_what_is_blank_is_dotted(key: str) -> None:
    (page,) = drawn(Draft(FORMS[key], {}), IN_WORDS, TODAY, Printing(blank=True))
    assert page.count(b"stroke-dasharray") == DOTTED[key]


LONG_NAME = "NGUYỄN HOÀNG PHƯƠNG TRƯỜNG THƯỢNG NGHIÊNG HUỲNH ĐOÀN QUYẾT THẮNG"[:60]
LONG_PLACE = (
    "Tổ 12, thôn Thuận Hòa, khu tái định cư Đồng Bàu, đường liên thôn số 7, xã An Tân, huyện An Lão cũ, "
    "tỉnh Gia Lai (trước là tỉnh Bình Định), nước Việt Nam ta đây"
)[:150]
PLACES = ("address", "place", "birthplace", "home", "authority", "paper", "issuer", "proof")


@reads_pdf
@pytest.mark.parametrize("signing", ["sign", "finger"])
@each
def test_long_names_and_places_stay_on_one_page(key: str, signing: str) -> None:
    form = FORMS[key]
    draft = example(form, {}, TODAY)
    for one in form.file.field:
        if one.type == "name":
            draft.own[one.key] = Value(LONG_NAME, "typed")
        elif one.part in PLACES:
            draft.own[one.key] = Value(LONG_PLACE, "typed")
    made = paper(draft, IN_WORDS, TODAY, Printing(signing="finger" if signing == "finger" else "sign"))
    assert len(LONG_NAME) == 60 and len(LONG_PLACE) == 150 and pages(made) == 1
    assert not strays(made) and squeezed(LONG_PLACE) in words_of(made)


@reads_pdf
@each
def test_what_no_page_can_hold_goes_on_to_the_next(key: str) -> None:
    """Longer than anybody lives, and words without an end: nothing is lost beyond an edge."""
    form = FORMS[key]
    long = {one.key: (LONG_PLACE * 2)[:300] for one in form.file.field if one.type in ("name", "text", "choice")}
    long |= deciding(form) | {"office.place": "x" * 300, "requester.address": "9" * 300}
    draft = draft_of(form, {name: kept for name, kept in long.items() if name in form.fields})
    made = paper(draft, IN_WORDS, TODAY, Printing())
    text = words_of(made)
    assert not strays(made) and pages(made) <= 5 and "x" * 300 in text
    assert "9" * 300 in text or key == "marriage"


@each
def test_every_copy_is_a_page(key: str) -> None:
    draft = example(FORMS[key], {}, TODAY)
    assert pages(paper(draft, IN_WORDS, TODAY, Printing(copies=2))) == 2
    assert len(pictures(draft, IN_WORDS, TODAY, Printing(copies=3))) == 3


@reads_pdf
@each
def test_who_cannot_sign_has_a_box_for_the_finger(key: str) -> None:
    draft = example(FORMS[key], {}, TODAY)
    signed, touched = (words_of(paper(draft, IN_WORDS, TODAY, Printing(signing=way))) for way in ("sign", "finger"))
    people = 2 if key == "marriage" else 1
    assert "(Điểmchỉ)" not in signed and touched.count("(Điểmchỉ)") == people
    assert len(re.findall(r"\(Ký(,|và)ghirõ", signed)) - len(re.findall(r"\(Ký(,|và)ghirõ", touched)) == people


@reads_pdf
def test_a_day_stands_in_words() -> None:
    draft = draft_of(FORMS["birth"], {"child.birth": "2026-03-05"})
    text = words_of(paper(draft, IN_WORDS, TODAY, Printing()))
    assert squeezed("05/03/2026 ghi bằng chữ: Ngày mùng năm tháng ba năm hai nghìn không trăm hai mươi sáu") in text


@reads_pdf
def test_dates_and_numbers_are_not_broken() -> None:
    """Whatever comes before them: the line is filled up sign by sign."""
    number, day = "052196000123", "10/05/2022"
    for width in range(30, 52):
        values = {"mother.paper": f"{'m ' * width}{number}", "father.paper": f"{'m ' * width}{day}"}
        made = paper(draft_of(FORMS["birth"], values), IN_WORDS, TODAY, Printing())
        told = lines_of(made)
        assert number in told and day in told, width


@reads_pdf
def test_a_name_is_struck_out() -> None:
    """Note (4) of the declaration of death: the words that do not hold are crossed."""
    kinds = ("Giấy báo tử", "Giấy tờ thay thế Giấy báo tử", "Không có")
    drafts = [draft_of(FORMS["death"], {"notice.kind": kind}) for kind in kinds]
    assert len({drawn(draft, IN_WORDS, TODAY, Printing())[0] for draft in drafts}) == 3


SIGNS = st.sampled_from("#*_$[]\\`<>@/=-~+\"'{}()&%!?;:.,|^  abcxyzABC0189đĐơƯăệỹửằ\u00d7–")


@reads_pdf
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(SIGNS, min_size=1, max_size=150))
def test_what_was_typed_is_set_literally(text: str) -> None:
    """Marks of typst's own language are letters like others, in every kind of field."""
    kept = " ".join(text.split())
    form = FORMS["birth"]
    values = {"child.home": kept, "mother.name": kept, "office.place": kept, "child.sex": kept}
    told = words_of(paper(draft_of(form, values), IN_WORDS, TODAY, Printing()))
    assert squeezed(kept) in told
