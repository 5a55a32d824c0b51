"""The card's code: what is read, what is marked, what is answered; and nothing but the parser's own answer, ever."""

from __future__ import annotations

import random
import shutil
import traceback
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.papers import samples
from kiosk.papers.card import DOUBTS, EARLIEST, FEMALE, KINDS, LONGEST, MALE, Card, Unreadable, doubt_key, read
from kiosk.settings import load, places
from kiosk.wiring import load_staff_words
from tests.papers import fuzz
from tests.papers.spoil import card as any_card

ASSETS = Path(__file__).parents[2] / "assets"
NAME, ADDRESS = "ĐINH THỊ MẪU", "Thôn 1, xã An Tân, huyện An Lão, Bình Định"
WHOLE = f"052195001234|215123456|{NAME}|05031995|Nữ|{ADDRESS}|25082021"
MOTHER = Card("052195001234", "215123456", NAME, date(1995, 3, 5), FEMALE, ADDRESS, date(2021, 8, 25))


def kind_of(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        read(text)
    return caught.value.kind


def with_(**other: str) -> str:
    """The whole card with other words in some of its fields."""
    parts = dict(zip(("number", "old", "name", "birth", "sex", "address", "issued"), WHOLE.split("|"), strict=True))
    assert set(other) <= set(parts)
    return "|".join({**parts, **other}.values())


# ---- cards as they should come -------------------------------------------------------------------------


def test_a_card_of_seven_fields() -> None:
    assert read(WHOLE) == MOTHER


def test_no_earlier_number_leaves_an_empty_field() -> None:
    assert read(with_(old="")) == Card(**{**vars(MOTHER), "old_number": ""})


def test_what_a_newer_card_has_more_is_dropped() -> None:
    found = read(f"{WHOLE}||PHẠM VĂN THỬ|LÊ THỊ MẪU|")
    assert found == MOTHER
    assert "PHẠM" not in repr(found)


@pytest.mark.parametrize("before", ["", "\ufeff", "]Q1", "]Q1\\000026", "\x02", "  "])
@pytest.mark.parametrize("after", ["", "\r", "\n", "\r\n", "\t", "\x03", " \r\n"])
def test_what_scanners_put_around_a_code_is_no_part_of_it(before: str, after: str) -> None:
    assert read(before + WHOLE + after) == MOTHER


def test_letters_in_pieces_are_put_together() -> None:
    assert read(unicodedata.normalize("NFD", WHOLE)) == MOTHER


def test_a_man_and_a_child_of_this_century() -> None:
    found = read("064206000123||Y BLƠR THỬ|31122006|Nam|Làng 3, xã An Toàn, tỉnh Gia Lai|")
    assert (found.sex, found.birth, found.issued, found.doubts) == (MALE, date(2006, 12, 31), None, ())


def test_names_of_the_highlands_are_no_damage() -> None:
    for name in ("KSOR H'BIA", "RƠ CHÂM Y BLƠR", "SIU KPĂ", "A NHI", "ĐINH K'LANH", "H'WEN NIÊ", "KPUIH JUL"):
        assert read(with_(name=name)).name_sure, name


def test_an_elder_whose_card_tells_a_year_only() -> None:
    for birth in ("1950", "00001950", "00071950"):
        found = read(with_(number="052150001234", birth=birth))
        assert (found.birth, found.year_only, found.doubts) == (date(1950, 1, 1), True, ("year-only",))


def test_an_unknown_province_is_taken() -> None:
    assert read(with_(number="999195001234")).doubts == ()


# ---- doubts warn and never block -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        (with_(birth="05031996"), ("birth-year",)),
        (with_(sex="Nam"), ("sex",)),
        (with_(number="052295001234"), ("birth-year", "sex")),
        (with_(birth="05032095"), ("birth-year", "birth", "issued")),
        (with_(issued="31022021"), ("issued",)),
        (with_(issued="25081990"), ("issued",)),
        (with_(issued="25082031"), ("issued",)),
        (with_(number="215123456"), ("number",)),
        (with_(old="12345"), ("old-number",)),
    ],
)
def test_what_disagrees_is_doubted(text: str, doubts: tuple[str, ...]) -> None:
    assert read(text, date(2026, 11, 26)).doubts == doubts


def test_without_a_day_nothing_is_still_to_come() -> None:
    """A machine with a lost clock must not doubt everybody."""
    assert read(with_(issued="25082031")).doubts == ()


def test_a_doubt_names_what_it_compares() -> None:
    found = read(with_(birth="05031996", sex="Nam"))
    staff = load_staff_words(load(places()))
    assert staff.shown(doubt_key("birth-year"), "vi", **found.values("birth-year")) == (
        "Số thẻ ứng với năm sinh 1995, nhưng thẻ ghi 1996. Mời xem lại trên thẻ."
    )
    assert staff.shown(doubt_key("sex"), "vi", **found.values("sex")).startswith(
        "Số thẻ ứng với giới tính Nữ, nhưng thẻ ghi Nam."
    )


def test_every_kind_and_every_doubt_has_its_sentence() -> None:
    staff = load_staff_words(load(places()))
    for kind in KINDS:
        assert staff.shown(Unreadable(kind).key, "vi").count(".") >= 2, "what happened, and what to do"
    for doubt in DOUBTS:
        assert staff.shown(doubt_key(doubt), "vi", **MOTHER.values(doubt))


# ---- damage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["latin-1", "cp437", "cp850"])
def test_a_wrong_code_page_is_read_again(page: str) -> None:
    assert read(WHOLE.encode().decode(page)) == MOTHER
    assert read(f"]Q1{WHOLE}\r".encode().decode(page)) == MOTHER


def test_windows_pages_keep_the_bytes_they_have_no_sign_for() -> None:
    for page in ("cp1252", "cp1258"):
        shown = "".join(bytes([one]).decode(page, "replace").replace("\ufffd", chr(one)) for one in WHOLE.encode())
        assert read(shown) == MOTHER


def test_taken_twice_for_another_code_page_it_is_read_again_twice() -> None:
    assert read(WHOLE.encode().decode("latin-1").encode().decode("latin-1")) == MOTHER


@pytest.mark.parametrize(
    "name",
    [
        "Ä\x90INH TH\xe1\xbb MẪU", "ÄINH THá» MáºªU", "?INH TH? M?U", "\ufffdINH THỊ MẪU", "INH TH MU",
        "DDINH THIJ MAAUX",
        "D9INH THI5 MA64U", "ĐINH THIJ MẪU", "ĐINH HAIR MẪU", "ÑINH THÒ MAÃU", "ĐINH <B>THỊ", "ĐINH TH1 MẪU", "ﾄ静NH",
    ],
)  # fmt: skip
def test_a_bent_name_is_marked_and_left_as_it_came(name: str) -> None:
    found = read(with_(name=name))
    assert not found.name_sure
    assert found.name == unicodedata.normalize("NFC", name).replace("\x90", "\ufffd")
    assert found.address_sure


@pytest.mark.parametrize("how", ["ignore", "replace"])
@pytest.mark.parametrize("page", ["ascii", "latin-1"])
def test_where_letters_were_lost_neither_name_nor_address_is_sure(page: str, how: str) -> None:
    found = read(WHOLE.encode(page, how).decode(page))
    assert (found.number, found.birth, found.sex) == (MOTHER.number, MOTHER.birth, FEMALE)
    assert not found.name_sure and not found.address_sure


@pytest.mark.parametrize(
    "address", ["Th?n 1, x? An T?n", "Thôn 1, x An Tân, Bnh nh", "Thoon 1, xax An Taan", "12345", ""]
)
def test_a_bent_address_is_marked(address: str) -> None:
    assert not read(with_(address=address)).address_sure


def test_a_bent_address_casts_doubt_on_the_name_and_an_empty_one_does_not() -> None:
    assert not read(with_(address="Thôn 1, x An Tân, Bnh nh")).name_sure
    assert read(with_(address="")).name_sure


@pytest.mark.parametrize("case", [str.lower, str.upper, str.swapcase])
def test_letter_case_is_put_right_where_it_is_certain(case: object) -> None:
    found = read(case(WHOLE))  # type: ignore[operator]
    assert (found.name, found.sex, found.address_sure) == (NAME, FEMALE, False)


# ---- what is no card -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"), ("\ufeff \r\n", "empty"), ("]Q1\r", "empty"),
        (WHOLE[:40], "half"), (WHOLE[:9], "half"), (WHOLE[:-4], "half"), (WHOLE[5:], "half"), (WHOLE[30:], "half"),
        (WHOLE + WHOLE, "two"), (f"{WHOLE}\r\n{WHOLE}\r\n", "two"), (WHOLE[:30] + WHOLE, "two"),
        (WHOLE + WHOLE[:14], "two"),
        ("x" * (LONGEST + 1), "long"), (WHOLE * 50, "long"), ("0" * 5120, "long"),
        (with_(name="ĐINH\x1b[2JTHỊ"), "damaged"), (with_(name="ĐINH\x00"), "damaged"),
        (with_(name="\u202eUẪM"), "damaged"),
        (with_(birth="31021995"), "damaged"), (with_(birth="05031795"), "damaged"), (with_(name=" "), "damaged"),
        (with_(number="０52195001234"), "damaged"), (with_(sex="Nan"), "damaged"), (with_(name="\ud800"), "damaged"),
        ("GD4520000000109|c490494e48205448e1bb8a|05/03/1996|2|416e|52 - 001|01/01/2025|-|$", "insurance"),
        ("4e677579e1bb856e2056c4836e20416e204e677579e1bb856e", "insurance"),
        ("eyJhbGciOiJFUzI1NiJ9.eyJtYXUiOiJ0aHUifQ.bWF1LXRodQ", "vneid"), ("https://vneid.gov.vn/x?y=1", "vneid"),
        ("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=", "vneid"),
        ("http://192.168.1.2/t/abcdefghij", "no-card"), ("8934563138165", "no-card"), ("WIFI:S:UBND;;", "no-card"),
        ("00020101021138570010A00000072701270006970403", "no-card"), ("Ê" * 300, "no-card"), ("|" * 300, "no-card"),
    ],
)  # fmt: skip
def test_everything_else_is_answered_by_its_kind(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_a_refusal_carries_nothing_of_what_was_scanned() -> None:
    try:
        read(with_(birth="31021995"))
    except Unreadable as refused:
        told = "".join(traceback.format_exception(refused))
        assert NAME not in told and "052195" not in told
        assert refused.__context__ is None
    else:
        raise AssertionError("it was read")


# ---- properties ----------------------------------------------------------------------------------------

WORDS = ("ĐINH", "THỊ", "NGỌC", "ÁNH", "VĂN", "Y", "KSOR", "H'BIA", "LÊ", "HUỲNH", "NGUYỄN", "ƯỚC", "ĐỖ", "AN")
DATES = st.dates(date(EARLIEST, 1, 1), date(2026, 12, 31))


@st.composite
def cards(draw: st.DrawFn) -> Card:
    """Any card as it should be."""
    woman, birth = draw(st.booleans()), draw(DATES)
    sign = (birth.year - EARLIEST) // 100 * 2 + woman
    number = f"{draw(st.integers(1, 999)):03}{sign}{birth.year % 100:02}{draw(st.integers(0, 999_999)):06}"
    old = draw(st.one_of(st.just(""), st.from_regex(r"[0-9]{9}", fullmatch=True)))
    name = " ".join(["ĐỖ", *draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))])
    address = f"Thôn {draw(st.integers(1, 99))}, xã {draw(st.sampled_from(('An Tân', 'An Hòa', 'Ia Đal')))}, Gia Lai"
    issued = draw(st.one_of(st.none(), st.dates(birth, date(2040, 1, 1))))
    return Card(number, old, name, birth, FEMALE if woman else MALE, address, issued)


def written(card: Card) -> str:
    """As it stands in the card's code."""
    issued = f"{card.issued:%d%m%Y}" if card.issued else ""
    fields = (card.number, card.old_number, card.name, f"{card.birth:%d%m%Y}", card.sex, card.address, issued)
    return "|".join(fields)


@given(cards(), st.text(st.characters(exclude_categories=("C", "Z")), max_size=20))
def test_any_card_reads_back_equal_whatever_follows(card: Card, more: str) -> None:
    assert read(written(card)) == card
    if not more.startswith("|"):
        assert read(f"{written(card)}||{more}|") == card


@given(cards())
def test_no_beginning_of_a_card_gives_anything_wrong(card: Card) -> None:
    """It is refused; or all that it tells is right, and only the day of issue, at the very end, is not told."""
    text = written(card)
    for length in range(len(text)):
        try:
            found = read(text[:length])
        except Unreadable as refused:
            assert refused.kind in ("empty", "half", "damaged")
        else:
            assert found == Card(**{**vars(card), "issued": None})


@given(st.text(max_size=400))
def test_nothing_else_is_ever_raised(text: str) -> None:
    fuzz.answer(text)


@given(st.text(st.sampled_from("|0129NnamữĐẪ \r\u0303\x1b\ufffd]Q"), max_size=120))
def test_nothing_else_is_ever_raised_by_what_looks_like_a_card(text: str) -> None:
    fuzz.answer(text)


# ---- a share of the fuzz run ---------------------------------------------------------------------------


def test_a_share_of_the_million(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["6000"]) == 0
    told = capsys.readouterr().out
    assert "other exceptions 0" in told
    for kind in ("card", "card, in doubt", *KINDS):
        assert f"{kind} " in told


def test_the_fuzz_run_finds_what_is_planted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can fail: a parser that falls over a name with an apostrophe."""

    def falls(text: str, today: date | None = None) -> Card:
        return read(text, today) if "'" not in text else Card(text)  # type: ignore[call-arg]

    monkeypatch.setattr(fuzz, "read", falls)
    assert fuzz.main(["300"]) == 1
    assert "TypeError" in capsys.readouterr().out


def test_a_count_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["many"]) == 2
    assert '"many" is not a count' in capsys.readouterr().err


def test_the_cards_of_the_run_are_whole_before_they_are_spoilt() -> None:
    chance = random.Random(1)
    for _ in range(300):
        text = any_card(chance)
        found = read(text)
        assert found.name_sure and found.address_sure and found.doubts == (), text


# ---- the virtual scanner -------------------------------------------------------------------------------


def test_the_cards_of_a_trial() -> None:
    told = {}
    for sample in samples.load(ASSETS):
        try:
            card = read(sample.text)
            told[sample.key] = ", ".join(card.doubts) or ("sure" if card.name_sure else "unsure")
            if card.name_sure:
                assert {"MẪU", "THỬ"} & set(card.name.split()), "nobody may take it for real"
            assert card.number.startswith("052") and card.number[6:9] == "000"
        except Unreadable as refused:
            told[sample.key] = refused.kind
    assert told == {
        "woman": "sure", "man": "sure", "old-woman": "year-only", "grandfather": "sure", "new-card": "sure",
        "disagrees": "birth-year", "bent": "unsure", "code-page": "sure", "insurance": "insurance", "vneid": "vneid",
    }  # fmt: skip
    assert samples.load(ASSETS) == samples.load(ASSETS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no"), ("card = 1", "has no"), ("[[card]", "not valid TOML"),
        ('[[card]]\nkey = "x"', r"\[\[card\]\] 1"),
        ('[[card]]\nkey = "x"\nlabel = "x"\ntext = 5', r"\[\[card\]\] 1"),
        ('[[card]]\nkey = "x"\nlabel = "x"\ntext = "x"\n' * 2, "stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / samples.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(samples.SamplesError, match=told):
        samples.load(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path)
    with pytest.raises(samples.SamplesError, match=r"cards\.toml: is missing"):
        samples.load(tmp_path)
