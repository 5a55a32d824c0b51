from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.voice.spelling import Spelling, SpellingError
from tests.voice.conftest import ASSETS

VI, EN = (Spelling(ASSETS / language / "spelling.toml") for language in ("vi", "en"))
DIGIT = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def independent(value: int, full: bool = False) -> str:
    """Numbers below a million, written from the rules of the language and not from any library."""
    if value >= 1000:
        thousands, rest = divmod(value, 1000)
        return f"{independent(thousands)} nghìn" + (f" {independent(rest, full=True)}" if rest else "")
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{DIGIT[hundreds]} trăm"] if hundreds or full else []
    if tens == 0 and ones:
        words += (["lẻ"] if words else []) + [DIGIT[ones]]
    if tens == 1:
        words.append("mười")
    if tens > 1:
        words.append(f"{DIGIT[tens]} mươi")
    if tens and ones:
        words.append("lăm" if ones == 5 else "mốt" if ones == 1 and tens > 1 else DIGIT[ones])
    return " ".join(words) or DIGIT[0]


def test_every_number_up_to_ten_thousand_is_right() -> None:
    wrong = [n for n in range(10_000) if VI.spell(str(n)) != independent(n)]
    assert wrong == []


@given(st.integers(0, 999_999))
def test_amounts_are_right(value: int) -> None:
    written = f"{value:,}".replace(",", ".")
    assert VI.spell(f"{written}đ") == f"{independent(value)} đồng"


@given(st.sampled_from("ACHK"), st.integers(0, 999))
def test_a_ticket_is_said_letter_then_digits(letter: str, number: int) -> None:
    words = VI.spell(f"{letter}{number:03}").split(", ")
    assert words[0] == {"A": "a", "C": "xê", "H": "hát", "K": "ca"}[letter]
    assert words[1:] == [DIGIT[int(digit)] for digit in f"{number:03}"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Số của ông bà là: A012.", "Số của ông bà là: a, không, một, hai."),
        ("A-012", "a, không, một, hai"),
        ("15", "mười lăm"),
        ("21 người", "hai mươi mốt người"),
        ("105", "một trăm lẻ năm"),
        ("1015", "một nghìn không trăm mười lăm"),
        ("2.015.000", "hai triệu không trăm mười lăm nghìn"),
        ("1.000.000.000đ", "một tỷ đồng"),
        ("-5", "âm năm"),
        ("1,5%", "một phẩy năm phần trăm"),
        ("200.000đ", "hai trăm nghìn đồng"),
        ("2.000 đồng một trang", "hai nghìn đồng một trang"),
        ("7:00", "bảy giờ"),
        ("07:00–11:30", "bảy giờ đến mười một giờ ba mươi"),
        ("13:30", "mười ba giờ ba mươi"),
        ("7h05", "bảy giờ năm phút"),
        ("ngày 26/11", "ngày hai mươi sáu tháng mười một"),
        ("05/04/2026", "mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu"),
        ("thứ 4, tháng 4", "thứ tư, tháng tư"),
        ("UBND xã", "ủy ban nhân dân xã"),
        ("thẻ BHYT, CCCD", "thẻ bảo hiểm y tế, căn cước công dân"),
        ("Quét mã QR, nối Wi-Fi", "Quét mã quy rờ, nối oai phai"),
        ("0255 3821 234", "không hai năm năm, ba tám hai một, hai ba bốn"),
        ("Y tế (trạm xã) …", "Y tế, trạm xã."),
        ("số 1, quầy 2", "số một, quầy hai"),
        ("20 m²", "hai mươi mét vuông"),
        ("XYZ", "xờ y dài dét"),
        ("THỬ", "thử"),
        ("Số 12A", "Số mười hai A"),
    ],
)
def test_vietnamese_examples(written: str, said: str) -> None:
    assert VI.spell(written) == said
    assert VI.spell(unicodedata.normalize("NFD", written)) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Your number is: A012.", "Your number is: ay, zero, one, two."),
        ("Thursday, 26/11, from 7:00.", "Thursday, the twenty sixth of November, from seven o'clock."),
        ("A fee of 2,000 đ a page", "A fee of two thousand dong a page"),
        ("13:30", "thirteen thirty"),
    ],
)
def test_english_examples(written: str, said: str) -> None:
    assert EN.spell(written) == said


SIGNS = st.one_of(st.characters(), st.sampled_from("0123456789ABĐUBND/:.,-–đ %hm²½①٣Ⅷ'’"))


@given(st.text(SIGNS, max_size=40), st.sampled_from([VI, EN]))
def test_nothing_is_left_that_an_engine_reads_in_its_own_way(text: str, spelling: Spelling) -> None:
    said = spelling.spell(text)
    assert not any(sign.isdigit() for sign in said)
    assert not re.search("[A-ZĐ]{2,}", said)
    assert all(sign.isalpha() or unicodedata.category(sign)[0] == "M" or sign in " .,:;?!'-" for sign in said)
    assert said == unicodedata.normalize("NFC", said)


def test_plain_words_stay_as_they_are() -> None:
    for words in (
        "Mời ông bà lấy phiếu, rồi ngồi chờ gọi số.",
        "Ông bà cần làm việc gì? Mời chạm vào một hình.",
    ):
        assert VI.spell(words) == words


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpellingError, match="missing"):
        Spelling(tmp_path / "spelling.toml")
    (tmp_path / "spelling.toml").write_text("[letters", encoding="utf-8")
    with pytest.raises(SpellingError, match="not valid TOML"):
        Spelling(tmp_path / "spelling.toml")
    (tmp_path / "spelling.toml").write_text('engine_numbers = "vi"', encoding="utf-8")
    with pytest.raises(SpellingError, match="alone is missing"):
        Spelling(tmp_path / "spelling.toml")


def test_everything_the_kiosk_says_is_spelled_in_letters() -> None:
    """No digit, no sign and no abbreviation ever reaches the engine."""
    from dataclasses import replace

    from kiosk.settings import load, places
    from kiosk.wiring import check

    settings = load(places())
    both = replace(settings, office=settings.office.model_copy(update={"languages": ["vi", "en"]}))
    spellings = {"vi": VI, "en": EN}
    prompts = check(both)
    assert len(prompts) > 200
    for prompt in prompts:
        spelled = spellings[prompt.language].spell(prompt.text)
        assert spelled, prompt
        assert not any(sign.isdigit() for sign in spelled), spelled
        assert all(sign.isalpha() or sign in " ,;.?!:'-" for sign in spelled), spelled


def test_a_ticket_number_is_said_letter_by_letter_with_pauses() -> None:
    assert VI.spell("Số của ông bà là: A012.") == "Số của ông bà là: a, không, một, hai."
